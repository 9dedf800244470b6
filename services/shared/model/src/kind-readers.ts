import type { DataOf, DocumentRecord, Kind } from '@syncline/protocol';
import type * as Y from 'yjs';
import { docRecords, readDoc } from './doc/read.ts';
import { readPlan } from './plan/read.ts';
import { planRecords } from './plan/records.ts';

/** How documents of one kind are read as a whole; apart from the rest of a kind, for a page that shows one does not. */
export interface KindReader<K extends Kind> {
  /** Reads a document as plain data; tolerant, and writes nothing. */
  read(doc: Y.Doc): DataOf<K>;
  /**
   * Reads what lists, search and clients without a CRDT get of it: its records, each named once (M16). It is not asked of
   * one that is deleted.
   */
  records(doc: Y.Doc): DocumentRecord[];
}

export const KIND_READERS: { [K in Kind]: KindReader<K> } = {
  plan: { read: readPlan, records: planRecords },
  doc: { read: readDoc, records: docRecords },
};
