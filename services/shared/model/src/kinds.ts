import {
  type DataOf,
  type DocumentRecord,
  jsonPresence,
  type Kind,
  type PresenceSchema,
  textCursorSchema,
} from '@syncline/protocol';
import type * as Y from 'yjs';
import { docRecords, readDoc } from './doc/read.ts';
import { NO_SEED } from './doc/seed.ts';
import { readPlan } from './plan/read.ts';
import { planRecords } from './plan/records.ts';
import { PLAN_SEED, plantSeed } from './plan/seed.ts';
import { DOCUMENT_ROOT } from './plan/roots.ts';
import { SERVER_ROOT } from './server.ts';

/** What is particular to one kind of document. */
export interface KindModel<K extends Kind = Kind> {
  /** The constant update that every document of this kind is born from. */
  seed: Uint8Array;
  /** Gives a document that has not all of its seed yet the rest. */
  plantSeed(doc: Y.Doc): void;
  /** Reads a document as plain data; tolerant, and writes nothing. */
  read(doc: Y.Doc): DataOf<K>;
  /** Reads what lists, search and clients without a CRDT get of it: its records, each named once (M16). It is not asked of one that is deleted. */
  records(doc: Y.Doc): DocumentRecord[];
  /** What its clients may say of themselves beside who they are. */
  presence: PresenceSchema;
  /** Roots that only the server writes, beside the one that documents of every kind have (M23). */
  serverRoots: readonly string[];
  /** The map that says whether a document is deleted: the server's own root, but for kinds that version 0.1.0 had. */
  deletedIn: string;
}

export const KIND_MODELS: { [K in Kind]: KindModel<K> } = {
  plan: {
    seed: PLAN_SEED,
    plantSeed,
    read: readPlan,
    records: planRecords,
    presence: textCursorSchema(DOCUMENT_ROOT),
    serverRoots: [],
    deletedIn: 'metadata',
  },
  doc: {
    seed: NO_SEED,
    plantSeed: () => {},
    read: readDoc,
    records: docRecords,
    presence: jsonPresence,
    serverRoots: [],
    deletedIn: SERVER_ROOT,
  },
};
