import { type Doc, DOC_LIMITS, type DocumentRecord } from '@syncline/protocol';
import type * as Y from 'yjs';
import { readListed, readRoots } from './roots.ts';

/** Reads an application's document as plain data. */
export function readDoc(doc: Y.Doc): Doc {
  return { kind: 'doc', title: docTitle(doc), roots: readRoots(doc) };
}

/** Its records (M16): what lists show of it and what is searched, both as far as its application says. */
export function docRecords(doc: Y.Doc): DocumentRecord[] {
  return [
    { entity: 'document', id: '', data: { title: docTitle(doc) } },
    { entity: 'text', id: '', data: { text: readListed(doc, 'text') } },
  ];
}

/** Its title, as its application says. */
export function docTitle(doc: Y.Doc): string {
  const line = readListed(doc, 'title').replaceAll(/\s+/g, ' ').trim();
  const characters = Array.from(line.slice(0, 2 * DOC_LIMITS.title));
  return characters.slice(0, DOC_LIMITS.title).join('').toWellFormed();
}
