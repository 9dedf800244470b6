/**
 * The update that every plan is born from (M1).
 *
 * It is one constant, written by client 0, so that two clients who both begin the same plan offline have the same
 * structs and merge. Its bytes never change: a document that was born from other bytes would get a second root block.
 */
import { fromBase64 } from 'lib0/buffer';
import * as Y from 'yjs';
import { DOCUMENT_ROOT } from '../roots.ts';

/** A blockGroup with one empty paragraph under BlockNote's own `initialBlockId`, with its default attributes. */
export const PLAN_SEED: Uint8Array = fromBase64(
  'AQcAAAcBCGRvY3VtZW50AwpibG9ja0dyb3VwBwAAAAMOYmxvY2tDb250YWluZXIoAAABAmlkAXcOaW5pdGlhbEJsb2NrSWQHAAABAwlwYXJhZ3JhcGgoAAADD2JhY2tncm91bmRDb2xvcgF3B2RlZmF1bHQoAAADCXRleHRDb2xvcgF3B2RlZmF1bHQoAAADDXRleHRBbGlnbm1lbnQBdwRsZWZ0AA==',
);

/** Gives a document that has no text root yet its seed. */
export function plantSeed(doc: Y.Doc): void {
  if (doc.getXmlFragment(DOCUMENT_ROOT).length === 0) Y.applyUpdate(doc, PLAN_SEED);
}
