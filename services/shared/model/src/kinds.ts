import { type DocumentRecord, type Kind, type Plan, type PresenceSchema, textCursorSchema } from '@syncline/protocol';
import type * as Y from 'yjs';
import { readPlan } from './plan/read.ts';
import { planRecords } from './plan/records.ts';
import { PLAN_SEED } from './plan/seed.ts';
import { DOCUMENT_ROOT } from './roots.ts';

/** What is particular to one kind of document. */
export interface KindModel {
  /** The constant update that every document of this kind is born from. */
  seed: Uint8Array;
  /** Reads a document as plain data; tolerant, and writes nothing. */
  read(doc: Y.Doc): Plan;
  /** Reads what lists, search and clients without a CRDT get of it: its records, each named once (M16). */
  records(doc: Y.Doc): DocumentRecord[];
  /** What its clients may say of themselves beside who they are. */
  presence: PresenceSchema;
}

export const KIND_MODELS: Record<Kind, KindModel> = {
  plan: { seed: PLAN_SEED, read: readPlan, records: planRecords, presence: textCursorSchema(DOCUMENT_ROOT) },
};
