import type { DocumentRecord } from '@syncline/protocol';
import { isDeleted } from './deleted.ts';
import type { KindDocument } from './execute.ts';
import { KIND_READERS } from './kind-readers.ts';

/** A document's records (M16); none of one that is deleted (M17). */
export function recordsOf({ kind, doc }: KindDocument): DocumentRecord[] {
  return isDeleted(doc, kind) ? [] : KIND_READERS[kind].records(doc);
}
