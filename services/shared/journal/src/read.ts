import type { CommandResult, DocumentId, Seq } from '@syncline/protocol';
import type { Database } from './database.ts';
import { type History, type JournalReader, type Position, type Row, START, type Tail } from './journal.ts';

/** One statement, so that head, snapshot and rows are of one moment: a compaction in between would open a hole (J15). */
const READ = `
WITH s AS (SELECT covers_seq, state, nonce FROM snapshots WHERE document = $1 AND covers_seq >= $2)
SELECT 'head' AS part, seq, NULL::bytea AS update, NULL::text AS actor, nonce FROM heads WHERE document = $1
UNION ALL
SELECT 'base', seq, NULL, NULL, nonce FROM journal WHERE document = $1 AND seq = $2
UNION ALL
SELECT 'base', covers_seq, NULL, NULL, nonce FROM s WHERE covers_seq = $2
UNION ALL
SELECT 'snapshot', covers_seq, state, NULL, nonce FROM s WHERE covers_seq > $2
UNION ALL
SELECT 'row', seq, update, actor, nonce FROM journal
WHERE document = $1 AND seq > greatest($2, coalesce((SELECT covers_seq FROM s), 0))
ORDER BY part, seq`;

/** Of the row at `after` only its nonce is wanted; it costs nothing where there is nothing new. */
const TAILS = `
SELECT w.document, coalesce(h.seq, 0) AS head, j.seq, CASE WHEN j.seq > w.after THEN j.update END AS update, j.actor, j.nonce
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS w(document, after, nonce)
LEFT JOIN heads h ON h.document = w.document
LEFT JOIN journal j ON j.document = w.document AND j.seq >= w.after AND h.seq > w.after
WHERE (coalesce(h.seq, 0), coalesce(h.nonce, 0)) <> (w.after, w.nonce)
ORDER BY w.document, j.seq`;

const LOST = `
SELECT w.document, coalesce(h.seq, 0) AS head
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS w(document, seq, nonce)
LEFT JOIN heads h ON h.document = w.document
LEFT JOIN journal j ON j.document = w.document AND j.seq = w.seq
WHERE coalesce(h.seq, 0) < w.seq OR CASE WHEN h.seq = w.seq THEN h.nonce ELSE coalesce(j.nonce, w.nonce) END <> w.nonce`;

const COMMAND = 'SELECT hash, result, seq FROM commands WHERE document = $1 AND id = $2';

type Part = Row & { part: 'base' | 'head' | 'row' | 'snapshot' };

export function createReader(db: Database): JournalReader {
  return {
    async read(document: DocumentId, after = START) {
      const parts = await db.query<Part>(READ, [document, after.seq]);
      const find = (wanted: Part['part']) => parts.find(({ part }) => part === wanted);
      const head = find('head') ?? START;
      const snapshot = find('snapshot');
      return {
        head: head.seq,
        history: compare(after, head, find('base')),
        snapshot: snapshot ? { coversSeq: snapshot.seq, nonce: snapshot.nonce, state: snapshot.update } : null,
        rows: parts.flatMap(({ part, ...row }) => (part === 'row' ? [row] : [])),
      };
    },
    async tails(wanted) {
      const found = await db.query<{ document: DocumentId; head: Seq } & (Row | { seq: null })>(TAILS, [
        wanted.map(({ document }) => document),
        wanted.map(({ after }) => after.seq),
        wanted.map(({ after }) => after.nonce),
      ]);
      const positions = new Map(wanted.map(({ document, after }) => [document, after]));
      const byDocument = Map.groupBy(found, ({ document }) => document);
      return new Map([...byDocument].map(([document, rows]) => [document, tailOf(positions.get(document)!, rows)]));
    },
    async lost(known) {
      const found = await db.query<{ document: DocumentId; head: Seq }>(LOST, [
        known.map(({ document }) => document),
        known.map(({ known: { seq } }) => seq),
        known.map(({ known: { nonce } }) => nonce),
      ]);
      const heads = new Map(found.map(({ document, head }) => [document, head]));
      return known.flatMap((entry) => {
        const head = heads.get(entry.document);
        return head === undefined ? [] : [{ ...entry, head }];
      });
    },
    async command(document: DocumentId, id: string) {
      const found = await db.query<{ hash: string; result: CommandResult; seq: Seq }>(COMMAND, [document, id]);
      return found[0] ?? null;
    },
  };
}

function tailOf(after: Position, found: ({ head: Seq } & (Row | { seq: null }))[]): Tail {
  const rows = found.filter((row): row is { head: Seq } & Row => row.seq !== null);
  const base = rows.find(({ seq }) => seq === after.seq);
  // Where the head is at `after`, it was found for its nonce.
  const head = { seq: found[0]!.head, nonce: NaN };
  return { history: compare(after, head, base), rows: rows.filter(({ seq }) => seq > after.seq) };
}

/** @param base what lies at the position `after` now, where that can be told */
function compare(after: Position, head: Position, base: Position | undefined): History {
  if (after.seq === 0) return 'same';
  if (head.seq < after.seq) return 'other';
  const nonce = head.seq === after.seq ? head.nonce : base?.nonce;
  if (nonce === undefined) return 'unknown';
  return nonce === after.nonce ? 'same' : 'other';
}
