import { jsonPresence, type Kind, type PresenceSchema, textCursorSchema } from '@syncline/protocol';
import type * as Y from 'yjs';
import { docTitle } from './doc/read.ts';
import { NO_SEED } from './doc/seed.ts';
import { readPlanHead } from './plan/read.ts';
import { PLAN_SEED, plantSeed } from './plan/seed.ts';
import { DOCUMENT_ROOT } from './plan/roots.ts';
import { SERVER_ROOT } from './server.ts';

/** What is particular to one kind of document, as everyone needs it who has one; how it is read is in `kind-readers.ts`. */
export interface KindModel {
  /** The constant update that every document of this kind is born from. */
  seed: Uint8Array;
  /** Gives a document that has not all of its seed yet the rest. */
  plantSeed(doc: Y.Doc): void;
  /** What a document is called; empty where it does not say. */
  title(doc: Y.Doc): string;
  /** What its clients may say of themselves beside who they are. */
  presence: PresenceSchema;
  /** Roots that only the server writes, beside the one that documents of every kind have (M23). */
  serverRoots: readonly string[];
  /** The map that says whether a document is deleted: the server's own root, but for kinds that version 0.1.0 had. */
  deletedIn: string;
}

export const KIND_MODELS: Record<Kind, KindModel> = {
  plan: {
    seed: PLAN_SEED,
    plantSeed,
    title: (doc) => readPlanHead(doc).title,
    presence: textCursorSchema(DOCUMENT_ROOT),
    serverRoots: [],
    deletedIn: 'metadata',
  },
  doc: {
    seed: NO_SEED,
    plantSeed: () => {},
    title: docTitle,
    presence: jsonPresence,
    serverRoots: [],
    deletedIn: SERVER_ROOT,
  },
};
