import type * as Y from 'yjs';

/** Beside the fields that every kind has. */
const FIELD = 'editor';

/**
 * What this version's editor knows of a document's text: its blocks, its marks and what belongs to them. It rises by one
 * with each kind of them that is added, for an editor deletes from the document what it does not know (M21).
 */
export const EDITOR_SCHEMA = 1;

/** The schema that an editor of the document must know. */
export function neededEditorSchema(doc: Y.Doc): number {
  const needed = doc.getMap('metadata').get(FIELD);
  return Number.isSafeInteger(needed) && (needed as number) > 0 ? (needed as number) : 1;
}

/**
 * Says that the document has what editors know only from this schema on. Whoever writes such a block or mark calls it in
 * the same transaction, one whose changes to `metadata` no undo takes back. It never lowers what others have said.
 */
export function needEditorSchema(doc: Y.Doc, schema: number): void {
  if (schema > neededEditorSchema(doc)) doc.getMap('metadata').set(FIELD, schema);
}

/** Calls back when the document needs another schema, until told to stop. */
export function onNeededEditorSchema(doc: Y.Doc, callback: () => void): () => void {
  const metadata = doc.getMap('metadata');
  const look = (event: Y.YMapEvent<unknown>) => {
    if (event.keysChanged.has(FIELD)) callback();
  };
  metadata.observe(look);
  return () => metadata.unobserve(look);
}
