import type { DocumentId, Seq } from '@syncline/protocol';
import type { Database } from './database.ts';
import type { Row } from './journal.ts';

/** A document's state up to and with row `coversSeq`, which has this nonce. */
export interface Snapshot {
  coversSeq: Seq;
  nonce: number;
  state: Uint8Array;
}

/** A row that cannot be applied, and why. */
export interface Unappliable extends Omit<Row, 'nonce'> {
  reason: string;
}

/** Not where the last of the rows that it was made of is there no more: then it is of another history (J29). */
const REPLACE = `
INSERT INTO snapshots AS s (document, covers_seq, state, nonce)
SELECT document, seq, $3, nonce FROM journal WHERE document = $1 AND seq = $2 AND nonce = $4
ON CONFLICT (document) DO UPDATE
SET covers_seq = excluded.covers_seq, state = excluded.state, nonce = excluded.nonce, made_at = now()
WHERE s.covers_seq < excluded.covers_seq`;

const SET_ASIDE = `
INSERT INTO quarantine (document, seq, update, actor, reason)
SELECT $1, q.seq, q.update, q.actor, q.reason
FROM unnest($2::bigint[], $3::bytea[], $4::text[], $5::text[]) AS q(seq, update, actor, reason)
ON CONFLICT DO NOTHING`;

const FORGET_ROWS = `
DELETE FROM journal j USING snapshots s
WHERE j.document = $1 AND s.document = $1 AND j.seq <= s.covers_seq
  AND j.committed_at < now() - $2 * interval '1 millisecond'`;

const FORGET_COMMANDS = `DELETE FROM commands WHERE committed_at < now() - $1 * interval '1 millisecond'`;

/** What keeps the journal's size and a document's load bounded. */
export interface Compaction {
  /**
   * Puts a snapshot made of the document's rows in the place of an older one, sets rows aside that could not go into it,
   * and deletes rows that it covers and that are older than `keepMs` (J18–J20).
   */
  replaceSnapshot(document: DocumentId, made: Snapshot & { unappliable: Unappliable[] }, keepMs: number): Promise<void>;
  /** Deletes commands older than `keepMs`: their ids may then take effect again. */
  forgetCommands(keepMs: number): Promise<void>;
}

export function createCompaction(db: Database): Compaction {
  return {
    async replaceSnapshot(document, { coversSeq, nonce, state, unappliable }, keepMs) {
      await db.transaction(async (tx) => {
        if (unappliable.length)
          await tx.query(SET_ASIDE, [
            document,
            unappliable.map((row) => row.seq),
            unappliable.map((row) => row.update),
            unappliable.map((row) => row.actor),
            unappliable.map((row) => row.reason),
          ]);
        await tx.query(REPLACE, [document, coversSeq, state, nonce]);
        await tx.query(FORGET_ROWS, [document, keepMs]);
      });
    },
    async forgetCommands(keepMs) {
      await db.query(FORGET_COMMANDS, [keepMs]);
    },
  };
}
