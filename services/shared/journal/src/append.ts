import type { DocumentId, DocumentRef, Seq } from '@syncline/protocol';
import type { Random } from '@syncline/runtime';
import type { Queryable } from './database.ts';
import { HeadMoved, type Position, type Row, START } from './journal.ts';

/** One document's share of a batch, in the order of its rows. */
export interface Group {
  document: DocumentId;
  /** The head that the group was made on; null when any will do. */
  expect: Position | null;
  birth: DocumentRef | null;
  rows: { update: Uint8Array; actor: string }[];
  /** The command that the first row belongs to. */
  command: { id: string; hash: string; result: unknown } | null;
}

/**
 * Appends a batch: one statement, so one round trip and one commit. Heads are locked in the order of their ids, so that
 * two pods never wait for each other in a circle; each row's number is its document's new head less the rows behind it,
 * so that no number is left out (J1). A group whose `expect` is not the head any more is left out as a whole (J12). All
 * its rows carry one nonce, and the head keeps the one before it, so that every row says which it follows (J28).
 */
const APPEND = `
WITH born AS (
  INSERT INTO documents (id, workspace, kind, name)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS b(id, workspace, kind, name) ORDER BY id
  ON CONFLICT DO NOTHING
),
wanted AS (
  SELECT * FROM unnest($5::uuid[], $6::bigint[], $7::bigint[], $8::bigint[]) AS w(document, rows, expect, nonce)
),
head AS (
  INSERT INTO heads AS h (document, seq, nonce)
  SELECT document, rows, $18::bigint FROM wanted ORDER BY document
  ON CONFLICT (document) DO UPDATE SET seq = h.seq + excluded.seq, nonce = excluded.nonce, previous = h.nonce
    WHERE EXISTS (
      SELECT FROM wanted w
      WHERE w.document = h.document AND (w.expect IS NULL OR (w.expect, w.nonce) = (h.seq, h.nonce)))
  RETURNING h.document, h.seq, h.previous
),
appended AS (
  INSERT INTO journal (document, seq, update, actor, nonce)
  SELECT r.document, head.seq - r.back, r.update, r.actor, $18
  FROM unnest($9::uuid[], $10::bigint[], $11::bytea[], $12::text[]) AS r(document, back, update, actor)
  JOIN head USING (document)
),
done AS (
  INSERT INTO commands (document, id, hash, result, seq)
  SELECT c.document, c.id, c.hash, c.result::jsonb, head.seq - c.back
  FROM unnest($13::uuid[], $14::text[], $15::text[], $16::text[], $17::bigint[]) AS c(document, id, hash, result, back)
  JOIN head USING (document)
)
SELECT document, seq, previous FROM head`;

/** The constraint that a command hurts which has already taken effect (J13). */
export const COMMAND_ONCE = 'commands_pkey';

/** What a document's group was appended as: its last row's number, and the nonce of the row before its first. */
export interface Appended {
  seq: Seq;
  previous: number;
}

/** A number of chance for a commit (J28). */
export function newNonce(random: Random): number {
  return 1 + Math.floor(random() * (Number.MAX_SAFE_INTEGER - 1));
}

/**
 * @param groups at most one per document
 * @param nonce a new number of chance
 * @returns the new head of each document whose group was appended; those whose head had moved are missing
 * @throws DatabaseError
 */
export async function appendBatch(db: Queryable, groups: Group[], nonce: number): Promise<Map<DocumentId, Appended>> {
  const births = groups.flatMap(({ document, birth }) => (birth ? [{ document, ...birth }] : []));
  const rows = groups.flatMap(({ document, rows }) =>
    rows.map((row, index) => ({ document, back: rows.length - 1 - index, ...row })),
  );
  const commands = groups.flatMap(({ document, rows, command }) =>
    command ? [{ document, back: rows.length - 1, ...command }] : [],
  );
  const heads = await db.query<{ document: DocumentId } & Appended>(APPEND, [
    births.map((birth) => birth.document),
    births.map((birth) => birth.workspace),
    births.map((birth) => birth.kind),
    births.map((birth) => birth.id),
    groups.map((group) => group.document),
    groups.map((group) => group.rows.length),
    groups.map((group) => group.expect?.seq ?? null),
    groups.map((group) => group.expect?.nonce ?? null),
    rows.map((row) => row.document),
    rows.map((row) => row.back),
    rows.map((row) => row.update),
    rows.map((row) => row.actor),
    commands.map((command) => command.document),
    commands.map((command) => command.id),
    commands.map((command) => command.hash),
    commands.map((command) => JSON.stringify(command.result)),
    commands.map((command) => command.back),
    nonce,
  ]);
  return new Map(heads.map(({ document, ...appended }) => [document, appended]));
}

const LOCK = 'SELECT seq, nonce FROM heads WHERE document = $1 FOR UPDATE';

const ROWS_FROM = `
SELECT seq, CASE WHEN seq > $2 THEN update END AS update, actor, nonce FROM journal
WHERE document = $1 AND seq >= $2 ORDER BY seq`;

/**
 * Keeps everyone else from appending to a document until the transaction ends.
 * @returns the rows above `after`
 * @throws HeadMoved when they do not join it: a snapshot has replaced some of them, or the history is another
 */
export async function lockHead(tx: Queryable, document: DocumentId, after: Position): Promise<Row[]> {
  const [head = START] = await tx.query<Position>(LOCK, [document]);
  if (samePosition(head, after)) return [];
  const rows = await tx.query<Row>(ROWS_FROM, [document, after.seq]);
  const first = after.seq === 0 ? START : rows.shift();
  if (!first || !samePosition(first, after) || rows[0]?.seq !== after.seq + 1) throw new HeadMoved(document);
  return rows;
}

function samePosition(a: Position, b: Position): boolean {
  return a.seq === b.seq && a.nonce === b.nonce;
}
