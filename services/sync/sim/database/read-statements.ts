import type { DocumentId, Seq } from '@syncline/protocol';
import type { Statement, Tables } from './tables.ts';

/** What the journal's reader and the migrations send. */
export const READ_STATEMENTS: Statement[] = [
  {
    words: ["SELECT 'head' AS part", 'UNION ALL', 'FROM snapshots'],
    plan: (tables, [document, after]) => ({ rows: read(tables, document!, after!) }),
  },
  {
    words: ['JOIN journal j ON j.document = w.document AND j.seq > w.after'],
    plan: (tables, [documents, afters]) => ({ rows: tails(tables, documents!, afters!) }),
  },
  {
    words: ['SELECT hash, result, seq FROM commands WHERE document = $1 AND id = $2'],
    plan(tables, [document, id]) {
      const found = tables.commands.get(`${document} ${id}`);
      return { rows: found ? [{ hash: found.hash, result: JSON.parse(found.result), seq: found.seq }] : [] };
    },
  },
  {
    words: ['SELECT 1 FROM migrations WHERE name = $1'],
    plan: (tables, [name]) => ({ rows: tables.migrations.has(name!) ? [{}] : [] }),
  },
];

function read(tables: Tables, document: DocumentId, after: Seq): object[] {
  const head = tables.heads.get(document);
  if (head === undefined) return [];
  const found = tables.snapshots.get(document);
  const snapshot = found && found.coversSeq > after ? found : null;
  const from = Math.max(after, snapshot?.coversSeq ?? 0);
  return [
    { part: 'head', seq: head, update: null, actor: null },
    ...tables
      .rowsOf(document)
      .filter(({ seq }) => seq > from)
      .map(({ seq, update, actor }) => ({ part: 'row', seq, update: update.slice(), actor })),
    ...(snapshot ? [{ part: 'snapshot', seq: snapshot.coversSeq, update: snapshot.state.slice(), actor: null }] : []),
  ];
}

function tails(tables: Tables, documents: DocumentId[], afters: Seq[]): object[] {
  return documents
    .map((document, index) => ({ document, after: afters[index]! }))
    .toSorted((a, b) => (a.document < b.document ? -1 : 1))
    .flatMap(({ document, after }) =>
      tables
        .rowsOf(document)
        .filter(({ seq }) => seq > after)
        .map(({ seq, update, actor }) => ({ document, seq, update: update.slice(), actor })),
    );
}
