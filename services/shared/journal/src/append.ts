import type { DocumentId, DocumentRef, Seq } from '@syncline/protocol';
import type { Queryable } from './database.ts';
import type { Row } from './journal.ts';

/** One document's share of a batch, in the order of its rows. */
export interface Group {
  document: DocumentId;
  /** The head that the group was made on; null when any will do. */
  expect: Seq | null;
  birth: DocumentRef | null;
  rows: { update: Uint8Array; actor: string }[];
  /** The command that the first row belongs to. */
  command: { id: string; hash: string; result: unknown } | null;
}

/**
 * Appends a batch: one statement, so one round trip and one commit. Heads are locked in the order of their ids, so that
 * two pods never wait for each other in a circle; each row's number is its document's new head less the rows behind it,
 * so that no number is left out (J1). A group whose `expect` is not the head any more is left out as a whole (J12).
 */
const APPEND = `
WITH born AS (
  INSERT INTO documents (id, workspace, kind, name)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS b(id, workspace, kind, name) ORDER BY id
  ON CONFLICT DO NOTHING
),
wanted AS (
  SELECT * FROM unnest($5::uuid[], $6::bigint[], $7::bigint[]) AS w(document, rows, expect)
),
head AS (
  INSERT INTO heads AS h (document, seq)
  SELECT document, rows FROM wanted ORDER BY document
  ON CONFLICT (document) DO UPDATE SET seq = h.seq + excluded.seq
    WHERE h.seq = coalesce((SELECT w.expect FROM wanted w WHERE w.document = h.document), h.seq)
  RETURNING h.document, h.seq
),
appended AS (
  INSERT INTO journal (document, seq, update, actor)
  SELECT r.document, head.seq - r.back, r.update, r.actor
  FROM unnest($8::uuid[], $9::bigint[], $10::bytea[], $11::text[]) AS r(document, back, update, actor)
  JOIN head USING (document)
),
done AS (
  INSERT INTO commands (document, id, hash, result, seq)
  SELECT c.document, c.id, c.hash, c.result::jsonb, head.seq - c.back
  FROM unnest($12::uuid[], $13::text[], $14::text[], $15::text[], $16::bigint[]) AS c(document, id, hash, result, back)
  JOIN head USING (document)
)
SELECT document, seq FROM head`;

/** The constraint that a command hurts which has already taken effect (J13). */
export const COMMAND_ONCE = 'commands_pkey';

/**
 * @param groups at most one per document
 * @returns the new head of each document whose group was appended; those whose head had moved are missing
 * @throws DatabaseError
 */
export async function appendBatch(db: Queryable, groups: Group[]): Promise<Map<DocumentId, Seq>> {
  const births = groups.flatMap(({ document, birth }) => (birth ? [{ document, ...birth }] : []));
  const rows = groups.flatMap(({ document, rows }) =>
    rows.map((row, index) => ({ document, back: rows.length - 1 - index, ...row })),
  );
  const commands = groups.flatMap(({ document, rows, command }) =>
    command ? [{ document, back: rows.length - 1, ...command }] : [],
  );
  const heads = await db.query<{ document: DocumentId; seq: Seq }>(APPEND, [
    births.map((birth) => birth.document),
    births.map((birth) => birth.workspace),
    births.map((birth) => birth.kind),
    births.map((birth) => birth.id),
    groups.map((group) => group.document),
    groups.map((group) => group.rows.length),
    groups.map((group) => group.expect),
    rows.map((row) => row.document),
    rows.map((row) => row.back),
    rows.map((row) => row.update),
    rows.map((row) => row.actor),
    commands.map((command) => command.document),
    commands.map((command) => command.id),
    commands.map((command) => command.hash),
    commands.map((command) => JSON.stringify(command.result)),
    commands.map((command) => command.back),
  ]);
  return new Map(heads.map(({ document, seq }) => [document, seq]));
}

/**
 * Keeps everyone else from appending to a document until the transaction ends.
 * @returns the rows above `after`
 */
export async function lockHead(tx: Queryable, document: DocumentId, after: Seq): Promise<Row[]> {
  await tx.query('SELECT seq FROM heads WHERE document = $1 FOR UPDATE', [document]);
  return tx.query<Row>('SELECT seq, update, actor FROM journal WHERE document = $1 AND seq > $2 ORDER BY seq', [
    document,
    after,
  ]);
}
