import type { CommandResult, DocumentId, Seq } from '@syncline/protocol';
import type { Database } from './database.ts';
import type { JournalReader, Row } from './journal.ts';

/** One statement, so that head and rows are of one moment (J15). A document without rows above `after` gives one null row. */
const READ = `
SELECT h.seq AS head, j.seq, j.update, j.actor
FROM heads h LEFT JOIN journal j ON j.document = h.document AND j.seq > $2
WHERE h.document = $1
ORDER BY j.seq`;

const TAILS = `
SELECT w.document, j.seq, j.update, j.actor
FROM unnest($1::uuid[], $2::bigint[]) AS w(document, after)
JOIN journal j ON j.document = w.document AND j.seq > w.after
ORDER BY w.document, j.seq`;

const COMMAND = 'SELECT hash, result, seq FROM commands WHERE document = $1 AND id = $2';

export function createReader(db: Database): JournalReader {
  return {
    async read(document: DocumentId, after: Seq) {
      const found = await db.query<{ head: Seq } & (Row | { seq: null })>(READ, [document, after]);
      const rows = found.filter((row): row is { head: Seq } & Row => row.seq !== null);
      return {
        head: found[0]?.head ?? 0,
        rows: rows.map(({ seq, update, actor }) => ({ seq, update, actor })),
      };
    },
    async tails(wanted) {
      const rows = await db.query<{ document: DocumentId } & Row>(TAILS, [
        wanted.map(({ document }) => document),
        wanted.map(({ after }) => after),
      ]);
      return Map.groupBy(rows, (row) => row.document);
    },
    async command(document: DocumentId, id: string) {
      const found = await db.query<{ hash: string; result: CommandResult; seq: Seq }>(COMMAND, [document, id]);
      return found[0] ?? null;
    },
  };
}
