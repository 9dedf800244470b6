import type { DocumentId, Seq } from '@syncline/protocol';
import type { JournalRow, Statement, Tables } from './tables.ts';

/** What the journal's reader and the migrations send. */
export const READ_STATEMENTS: Statement[] = [
  {
    words: ["SELECT 'head' AS part", 'UNION ALL', 'FROM snapshots'],
    plan: (tables, [document, after]) => ({ rows: read(tables, document!, after!) }),
  },
  {
    words: ['JOIN journal j ON j.document = w.document AND j.seq >= w.after AND h.seq > w.after'],
    plan: (tables, [documents, afters, nonces]) => ({ rows: tails(tables, documents!, afters!, nonces!) }),
  },
  {
    words: ['WHERE coalesce(h.seq, 0) < w.seq OR CASE WHEN h.seq = w.seq THEN h.nonce'],
    plan: (tables, [documents, seqs, nonces]) => ({ rows: lost(tables, documents!, seqs!, nonces!) }),
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
  const nothing = { update: null, actor: null };
  const base = tables.rowsOf(document).find(({ seq }) => seq === after);
  return [
    ...(base ? [{ part: 'base', seq: after, nonce: base.nonce, ...nothing }] : []),
    ...(found?.coversSeq === after ? [{ part: 'base', seq: after, nonce: found.nonce, ...nothing }] : []),
    { part: 'head', seq: head.seq, nonce: head.nonce, ...nothing },
    ...tables
      .rowsOf(document)
      .filter(({ seq }) => seq > from)
      .map((row) => ({ part: 'row', ...sent(row) })),
    ...(snapshot
      ? [
          {
            part: 'snapshot',
            seq: snapshot.coversSeq,
            nonce: snapshot.nonce,
            update: snapshot.state.slice(),
            actor: null,
          },
        ]
      : []),
  ];
}

function tails(tables: Tables, documents: DocumentId[], afters: Seq[], nonces: number[]): object[] {
  return documents
    .map((document, index) => ({ document, after: afters[index]!, nonce: nonces[index]! }))
    .toSorted((a, b) => (a.document < b.document ? -1 : 1))
    .flatMap(({ document, after, nonce }): object[] => {
      const head = tables.heads.get(document) ?? { seq: 0, nonce: 0 };
      if (head.seq === after && head.nonce === nonce) return [];
      const rows = tables.rowsOf(document).filter(({ seq }) => seq >= after && head.seq > after);
      if (!rows.length) return [{ document, head: head.seq, seq: null, update: null, actor: null, nonce: null }];
      return rows.map((row) => ({
        document,
        head: head.seq,
        ...sent(row),
        ...(row.seq === after && { update: null }),
      }));
    });
}

function lost(tables: Tables, documents: DocumentId[], seqs: Seq[], nonces: number[]): object[] {
  return documents.flatMap((document, index) => {
    const head = tables.heads.get(document) ?? { seq: 0, nonce: 0 };
    const row = head.seq === seqs[index] ? head : tables.rowsOf(document).find(({ seq }) => seq === seqs[index]);
    const there = head.seq >= seqs[index]! && (row?.nonce ?? nonces[index]) === nonces[index];
    return there ? [] : [{ document, head: head.seq }];
  });
}

function sent({ seq, update, actor, nonce }: JournalRow) {
  return { seq, update: update.slice(), actor, nonce };
}
