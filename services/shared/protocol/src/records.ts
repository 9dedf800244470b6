/**
 * A part of a document as plain data, for those who read it without its CRDT. Which entities there are is up to the
 * document's kind; `id` is empty where a document has one of them only.
 */
export interface DocumentRecord {
  entity: string;
  id: string;
  data: object;
}
