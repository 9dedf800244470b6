import type { Kind } from '@syncline/protocol';
import type * as Y from 'yjs';
import { KIND_MODELS } from './kinds.ts';
import { asServer } from './server.ts';

/** The key under which it lies, in the map that a kind's row names. */
export const DELETED = 'deleted';

/** Whether the document was deleted; all it says is still there (M17). */
export function isDeleted(doc: Y.Doc, kind: Kind): boolean {
  return mapOf(doc, kind).get(DELETED) === true;
}

/** Deletes or undeletes the document. @returns the parts that this changes: none */
export function setDeleted(doc: Y.Doc, kind: Kind, deleted: boolean): [] {
  const map = mapOf(doc, kind);
  asServer(doc, () => {
    if (deleted) map.set(DELETED, true);
    else if (map.has(DELETED)) map.delete(DELETED);
  });
  return [];
}

/** Calls back when the document is deleted, until told to stop. */
export function onDeleted(doc: Y.Doc, kind: Kind, callback: () => void): () => void {
  const map = mapOf(doc, kind);
  const look = (event: Y.YMapEvent<unknown>) => {
    if (event.keysChanged.has(DELETED) && isDeleted(doc, kind)) callback();
  };
  map.observe(look);
  return () => map.unobserve(look);
}

function mapOf(doc: Y.Doc, kind: Kind): Y.Map<unknown> {
  return doc.getMap(KIND_MODELS[kind].deletedIn);
}
