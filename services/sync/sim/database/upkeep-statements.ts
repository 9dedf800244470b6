import type { DocumentId, Seq } from '@syncline/protocol';
import { SqlError, type Statement, type Tables } from './tables.ts';

/** What the projection, compaction and leases send. */
export const UPKEEP_STATEMENTS: Statement[] = [
  {
    words: ['INSERT INTO records AS r', 'WHERE r.seq < excluded.seq'],
    plan: (tables, [documents, data, seqs]) => ({
      rows: [],
      apply: () =>
        (documents! as DocumentId[]).forEach((document, n) => project(tables, document, data![n]!, seqs![n]!)),
    }),
  },
  {
    words: ['WHERE coalesce(r.seq, 0) < h.seq', 'ORDER BY h.document'],
    plan: (tables, [limit, after]) => ({ rows: behind(tables, limit!, after!) }),
  },
  {
    words: ['FROM documents d JOIN records r', 'ORDER BY at DESC, d.name DESC'],
    plan: (tables, params) => ({ rows: list(tables, params as unknown as ListParams) }),
  },
  {
    words: ['INSERT INTO snapshots AS s', 'WHERE s.covers_seq < excluded.covers_seq'],
    plan: (tables, [document, coversSeq, state]) => ({
      rows: [],
      apply() {
        if ((tables.snapshots.get(document!)?.coversSeq ?? -1) < coversSeq!)
          tables.snapshots.set(document!, { coversSeq: coversSeq!, state: state! });
      },
    }),
  },
  {
    words: ['INSERT INTO quarantine', 'ON CONFLICT DO NOTHING'],
    plan: (tables, [document, seqs, , , reasons]) => ({
      rows: [],
      apply() {
        (seqs! as Seq[]).forEach((seq, index) => {
          const key = `${document} ${seq}`;
          if (!tables.quarantine.has(key))
            tables.quarantine.set(key, { document: document!, seq, reason: reasons![index]! });
        });
      },
    }),
  },
  {
    words: ['SELECT seq, reason FROM quarantine WHERE document = $1'],
    plan: (tables, [document]) => ({
      rows: [...tables.quarantine.values()]
        .filter((row) => row.document === document)
        .map(({ seq, reason }) => ({ seq, reason })),
    }),
  },
  {
    words: ['DELETE FROM journal j USING snapshots s', 'j.seq <= s.covers_seq'],
    plan: (tables, [document, keepMs]) => ({ rows: [], apply: () => forgetRows(tables, document!, keepMs!) }),
  },
  {
    words: ['DELETE FROM commands WHERE committed_at <'],
    plan: (tables, [keepMs]) => ({
      rows: [],
      apply() {
        const before = tables.now() - keepMs!;
        for (const [key, row] of tables.commands) if (row.committedAt < before) tables.commands.delete(key);
      },
    }),
  },
  {
    words: ['INSERT INTO leases AS l', 'WHERE l.expires_at < now() OR l.owner = excluded.owner'],
    plan(tables, [name, owner, ttlMs]) {
      const held = tables.leases.get(name!);
      const now = tables.now();
      if (held && held.expiresAt >= now && held.owner !== owner) return { rows: [] };
      return {
        rows: [{ owner }],
        apply: () => void tables.leases.set(name!, { owner: owner!, expiresAt: now + ttlMs! }),
      };
    },
  },
  {
    words: ['DELETE FROM leases WHERE name = $1 AND owner = $2'],
    plan: (tables, [name, owner]) => ({
      rows: [],
      apply() {
        if (tables.leases.get(name!)?.owner === owner) tables.leases.delete(name!);
      },
    }),
  },
];

function behind(tables: Tables, limit: number, after: DocumentId | null): object[] {
  return [...tables.heads]
    .filter(([id, head]) => (tables.records.get(id)?.seq ?? 0) < head && (after === null || id > after))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([id]) => ({ ...tables.documents.get(id)! }));
}

function project(tables: Tables, document: DocumentId, data: string, seq: Seq): void {
  if (!tables.documents.has(document))
    throw new SqlError('23503', 'insert on table "records" violates foreign key constraint', 'records_document_fkey');
  const before = tables.records.get(document);
  if (!before || before.seq < seq) tables.records.set(document, { seq, data, updatedAt: tables.now() });
}

function forgetRows(tables: Tables, document: DocumentId, keepMs: number): void {
  const covered = tables.snapshots.get(document)?.coversSeq ?? 0;
  const before = tables.now() - keepMs;
  const kept = tables.rowsOf(document).filter((row) => row.seq > covered || row.committedAt >= before);
  tables.journal.set(document, kept);
}

type ListParams = [
  workspace: string,
  kind: string | null,
  text: string | null,
  at: string | null,
  name: string | null,
  limit: number,
];

function list(tables: Tables, [workspace, kind, text, at, name, limit]: ListParams): object[] {
  return [...tables.documents.values()]
    .flatMap((document) => {
      const record = tables.records.get(document.id);
      if (!record || document.workspace !== workspace || (kind !== null && document.kind !== kind)) return [];
      const data = JSON.parse(record.data) as { title: string };
      if (text !== null && !data.title.toLowerCase().includes(text.toLowerCase())) return [];
      return [
        {
          kind: document.kind,
          name: document.name,
          seq: record.seq,
          data,
          created_at: new Date(document.createdAt),
          updated_at: new Date(record.updatedAt),
          at: String(Math.round(record.updatedAt * 1000)).padStart(20, '0'),
        },
      ];
    })
    .filter((row) => at === null || row.at < at || (row.at === at && row.name < name!))
    .toSorted((a, b) => (a.at === b.at ? (a.name < b.name ? 1 : -1) : a.at < b.at ? 1 : -1))
    .slice(0, limit);
}
