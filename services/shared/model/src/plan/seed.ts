/**
 * The update that every plan is born from (M1).
 *
 * It is one constant, written by client 0, so that two clients who both begin the same plan offline have the same
 * structs and merge. What it says never changes: a document that was born from other structs would get a second root
 * block. Structs may only be appended to it; a document that was born before they were gets them when it is seeded again.
 */
import { fromBase64 } from 'lib0/buffer';
import * as Y from 'yjs';
import { planRoots } from './roots.ts';

/**
 * A blockGroup with one empty paragraph under BlockNote's own `initialBlockId`, with its default attributes; then the
 * title, an empty text.
 */
export const PLAN_SEED: Uint8Array = fromBase64(
  'AQgAAAcBCGRvY3VtZW50AwpibG9ja0dyb3VwBwAAAAMOYmxvY2tDb250YWluZXIoAAABAmlkAXcOaW5pdGlhbEJsb2NrSWQHAAABAwlwYXJhZ3JhcGgoAAADD2JhY2tncm91bmRDb2xvcgF3B2RlZmF1bHQoAAADCXRleHRDb2xvcgF3B2RlZmF1bHQoAAADDXRleHRBbGlnbm1lbnQBdwRsZWZ0JwEIbWV0YWRhdGEFdGl0bGUCAA==',
);

/** Gives a document that has not all of its seed yet the rest. */
export function plantSeed(doc: Y.Doc): void {
  const { document, metadata } = planRoots(doc);
  if (document.length === 0 || !metadata.has('title')) Y.applyUpdate(doc, PLAN_SEED);
}
