import type { DocumentId, Kind, Seq } from '@syncline/protocol';
import type { Planned, Statement, Tables } from './tables.ts';

type ProjectParams = [
  documents: DocumentId[],
  seqs: Seq[],
  bases: Seq[],
  recordDocuments: DocumentId[],
  entities: string[],
  ids: string[],
  data: (string | null)[],
  nonces: number[],
];

/** What the projection sends. */
export const PROJECTION_STATEMENTS: Statement[] = [
  {
    words: ['INSERT INTO projected AS p', 'INSERT INTO records AS r', 'WHERE p.seq = excluded.base'],
    plan: (tables, params) => project(tables, params as unknown as ProjectParams),
  },
  {
    words: ['LEFT JOIN records r ON r.document = w.document AND NOT r.deleted'],
    plan: (tables, [documents]) => ({ rows: recorded(tables, documents!) }),
  },
  {
    words: ['SELECT id, data, deleted, seq FROM records WHERE document = $1 AND seq > $2'],
    plan: (tables, [document, after]) => ({ rows: above(tables, document!, after!) }),
  },
  {
    words: ['WHERE coalesce(p.seq, 0) < h.seq', 'ORDER BY h.document'],
    plan: (tables, [limit, after, kinds]) => ({ rows: behind(tables, limit!, after!, kinds!) }),
  },
];

function project(tables: Tables, params: ProjectParams): Planned {
  const [documents, seqs, bases, recordDocuments, entities, ids, data, nonces] = params;
  const moved = new Map<DocumentId, Seq>();
  documents.forEach((document, index) => {
    const head = tables.heads.get(document);
    if (!head || head.seq < seqs[index]!) return;
    const row = head.seq === seqs[index] ? head : tables.rowsOf(document).find(({ seq }) => seq === seqs[index]);
    if ((row?.nonce ?? nonces[index]) !== nonces[index]) return;
    const seq = tables.projected.get(document)?.seq ?? 0;
    if (seq === bases[index] && seq <= seqs[index]!) moved.set(document, seqs[index]!);
  });
  return {
    rows: [...moved.keys()].map((document) => ({ document })),
    apply() {
      for (const [document, seq] of moved) {
        const row = tables.rowsOf(document).find((row) => row.seq === seq);
        const before = tables.projected.get(document);
        if (before?.seq !== seq) tables.projected.set(document, { seq, changedAt: row?.committedAt ?? tables.now() });
      }
      recordDocuments.forEach((document, index) => {
        const seq = moved.get(document);
        const [entity, id] = [entities[index]!, ids[index]!];
        const records = tables.records.get(document) ?? new Map();
        tables.records.set(document, records);
        const before = records.get(`${entity} ${id}`);
        if (seq !== undefined && before?.data !== data[index])
          records.set(`${entity} ${id}`, { entity, id, seq, data: data[index]! });
      });
    },
  };
}

function recorded(tables: Tables, documents: DocumentId[]): object[] {
  return documents.flatMap((document): object[] => {
    const seq = tables.projected.get(document)?.seq ?? 0;
    const records = [...(tables.records.get(document)?.values() ?? [])].filter(({ data }) => data !== null);
    if (!records.length) return [{ document, seq, entity: null, id: null }];
    return records.map(({ entity, id }) => ({ document, seq, entity, id }));
  });
}

function above(tables: Tables, document: DocumentId, after: Seq): object[] {
  return [...(tables.records.get(document)?.values() ?? [])]
    .filter(({ seq }) => seq > after)
    .map(({ id, data, seq }) => ({ id, data: JSON.parse(data ?? '{}') as object, deleted: data === null, seq }));
}

function behind(tables: Tables, limit: number, after: DocumentId | null, kinds: Kind[]): object[] {
  return [...tables.heads]
    .filter(([id, head]) => (tables.projected.get(id)?.seq ?? 0) < head.seq && (after === null || id > after))
    .map(([id]) => ({ ...tables.documents.get(id)! }))
    .filter(({ kind }) => kinds.includes(kind))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, limit);
}
