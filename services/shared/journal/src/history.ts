import type { DocumentId, DocumentRef, Seq } from '@syncline/protocol';
import { type Database, DatabaseError } from './database.ts';
import type { Position } from './journal.ts';

/**
 * By what a recovery shows itself, where it does: a standby that was promoted has another timeline, a dump that was read
 * in is in another cluster, or another database of it. A database may know all of it and not tell, as managed ones do.
 */
const SERVER = `
SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
  (SELECT oid FROM pg_database WHERE datname = current_database()),
  left(pg_walfile_name(pg_current_wal_lsn()), 8)) AS server`;

const EPOCH = `
WITH moved AS (
  UPDATE installation SET server = $1, epoch = CASE WHEN server IS NULL THEN epoch ELSE gen_random_uuid() END
  WHERE $1::text IS NOT NULL AND server IS DISTINCT FROM $1
  RETURNING epoch
)
SELECT coalesce((SELECT epoch FROM moved), epoch) AS epoch FROM installation`;

const NOTE = `
INSERT INTO lost_history (document, workspace, kind, name, known_seq, known_nonce, found_seq, brought_back)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (document, known_seq, known_nonce) DO UPDATE
SET brought_back = lost_history.brought_back OR excluded.brought_back`;

const NOTED = `
SELECT workspace, kind, name, known_seq AS "knownSeq", found_seq AS "foundSeq", found_at AS "foundAt",
  brought_back OR EXISTS (
    SELECT FROM lost_history o WHERE o.document = l.document AND o.brought_back AND o.known_seq >= l.known_seq
  ) AS "broughtBack"
FROM lost_history l ORDER BY found_at, workspace, kind, name`;

/** A document that had come further than the journal has it, once that went back. */
export interface LostHistory {
  id: DocumentId;
  ref: DocumentRef;
  /** The last row that was known of it. */
  known: Position;
  /** The head that the journal has instead. */
  found: Seq;
  /** Whether whoever knew of it held the document, and has appended what was missing. */
  broughtBack: boolean;
}

/** The same, as an operator reads it. */
export interface NotedLoss {
  workspace: string;
  kind: string;
  name: string;
  knownSeq: Seq;
  foundSeq: Seq;
  foundAt: Date;
  broughtBack: boolean;
}

/** Which history the journal tells, and what is known to be missing from it. */
export interface HistoryStore {
  /**
   * The epoch of the journal's history. It is another after each recovery that can be seen from inside the database;
   * those that cannot are seen by the rows alone.
   * @throws DatabaseError
   */
  epoch(): Promise<string>;
  /** Notes what was found missing; noted again, it may have been brought back meanwhile. */
  note(loss: LostHistory): Promise<void>;
  noted(): Promise<NotedLoss[]>;
}

/** It may not be asked, or is not Postgres's own function: that stays so. */
const NEVER_TELLS = ['42501', '42883', '0A000'];

export function createHistoryStore(db: Database): HistoryStore {
  let tells = true;
  const server = async (): Promise<string | null> => {
    if (!tells) return null;
    try {
      return (await db.query<{ server: string }>(SERVER))[0]!.server;
    } catch (error) {
      // It answered: it does not let us ask, or cannot say just now, as a standby.
      if (!(error instanceof DatabaseError && error.sqlState !== null)) throw error;
      // A refusal costs a connection, so it is taken once.
      tells = !NEVER_TELLS.includes(error.sqlState);
      return null;
    }
  };
  return {
    async epoch() {
      const [found] = await db.query<{ epoch: string }>(EPOCH, [await server()]);
      return found!.epoch;
    },
    async note({ id, ref, known, found, broughtBack }) {
      const { workspace, kind, id: name } = ref;
      await db.query(NOTE, [id, workspace, kind, name, known.seq, known.nonce, found, broughtBack]);
    },
    noted: () => db.query<NotedLoss>(NOTED),
  };
}
