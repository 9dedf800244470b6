import type { CommandResult, DocumentId, Seq } from '@syncline/protocol';
import type { Database } from './database.ts';
import type { JournalReader, Row } from './journal.ts';

/** One statement, so that head, snapshot and rows are of one moment: a compaction in between would open a hole (J15). */
const READ = `
WITH s AS (SELECT covers_seq, state FROM snapshots WHERE document = $1 AND covers_seq > $2)
SELECT 'head' AS part, seq, NULL::bytea AS update, NULL::text AS actor FROM heads WHERE document = $1
UNION ALL
SELECT 'snapshot', covers_seq, state, NULL FROM s
UNION ALL
SELECT 'row', seq, update, actor FROM journal
WHERE document = $1 AND seq > greatest($2, coalesce((SELECT covers_seq FROM s), 0))
ORDER BY part, seq`;

const TAILS = `
SELECT h.document, j.seq, j.update, j.actor
FROM unnest($1::uuid[], $2::bigint[]) AS w(document, after)
JOIN heads h ON h.document = w.document AND h.seq > w.after
LEFT JOIN journal j ON j.document = w.document AND j.seq > w.after
ORDER BY h.document, j.seq`;

const COMMAND = 'SELECT hash, result, seq FROM commands WHERE document = $1 AND id = $2';

export function createReader(db: Database): JournalReader {
  return {
    async read(document: DocumentId, after: Seq) {
      const parts = await db.query<{ part: 'head' | 'snapshot' | 'row' } & Row>(READ, [document, after]);
      const snapshot = parts.find(({ part }) => part === 'snapshot');
      return {
        head: parts.find(({ part }) => part === 'head')?.seq ?? 0,
        snapshot: snapshot ? { coversSeq: snapshot.seq, state: snapshot.update } : null,
        rows: parts.flatMap(({ part, ...row }) => (part === 'row' ? [row] : [])),
      };
    },
    async tails(wanted) {
      const rows = await db.query<{ document: DocumentId } & (Row | { seq: null })>(TAILS, [
        wanted.map(({ document }) => document),
        wanted.map(({ after }) => after),
      ]);
      const byDocument = Map.groupBy(rows, (row) => row.document);
      return new Map([...byDocument].map(([document, found]) => [document, found.filter(isRow)]));
    },
    async command(document: DocumentId, id: string) {
      const found = await db.query<{ hash: string; result: CommandResult; seq: Seq }>(COMMAND, [document, id]);
      return found[0] ?? null;
    },
  };
}

function isRow<T extends { seq: Seq | null }>(row: T): row is T & Row {
  return row.seq !== null;
}
