import type * as Y from 'yjs';

/** Beside the fields that every kind has. */
const FIELD = 'deleted';

/** Whether the document was deleted; all it says is still there (M17). */
export function isDeleted(doc: Y.Doc): boolean {
  return doc.getMap('metadata').get(FIELD) === true;
}

/** Deletes or undeletes the document. @returns the parts that this changes: none */
export function setDeleted(doc: Y.Doc, deleted: boolean): [] {
  const metadata = doc.getMap('metadata');
  if (deleted) metadata.set(FIELD, true);
  else if (metadata.has(FIELD)) metadata.delete(FIELD);
  return [];
}

/** Calls back when the document is deleted, until told to stop. */
export function onDeleted(doc: Y.Doc, callback: () => void): () => void {
  const metadata = doc.getMap('metadata');
  const look = (event: Y.YMapEvent<unknown>) => {
    if (event.keysChanged.has(FIELD) && isDeleted(doc)) callback();
  };
  metadata.observe(look);
  return () => metadata.unobserve(look);
}
