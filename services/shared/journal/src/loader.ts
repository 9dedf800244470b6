import type { DocumentId, DocumentRef } from '@syncline/protocol';
import type { Random } from '@syncline/runtime';
import { appendBatch, newNonce } from './append.ts';
import type { Queryable } from './database.ts';
import type { Position } from './journal.ts';

/** A row that is to be a document's next. */
export interface Load {
  document: DocumentId;
  actor: string;
  update: Uint8Array;
  /** The head that it was made on; START for a document that is not there yet. */
  expect: Position;
  /** The document's names, so that its first row also makes it. */
  birth?: DocumentRef | undefined;
}

/** Brings documents in, many at a time, beside running pods; these read what is new when they look next. */
export interface Loader {
  /** The head of each of these documents that has one. */
  heads(documents: DocumentId[]): Promise<Map<DocumentId, Position>>;
  /**
   * Appends at most one row to each document, all or none of them.
   * @returns the documents whose head was the expected one; the others are left as they are (J29)
   * @throws DatabaseError
   */
  append(rows: Load[]): Promise<ReadonlySet<DocumentId>>;
}

const HEADS = 'SELECT document, seq, nonce FROM heads WHERE document = ANY($1::uuid[])';

export function createLoader({ db, random }: { db: Queryable; random: Random }): Loader {
  return {
    async heads(documents) {
      const found = await db.query<{ document: DocumentId } & Position>(HEADS, [documents]);
      return new Map(found.map(({ document, ...head }) => [document, head]));
    },
    async append(rows) {
      const groups = rows.map(({ document, actor, update, expect, birth = null }) => ({
        document,
        expect,
        birth,
        rows: [{ update, actor }],
        command: null,
      }));
      return new Set((await appendBatch(db, groups, newNonce(random))).keys());
    },
  };
}
