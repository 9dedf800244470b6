import { type DocumentId, type Kind, KINDS, Refusal, type Seq } from '@syncline/protocol';
import type { Database } from './database.ts';
import type { Catalog, CatalogEntry, DocumentName, Projection, Recorded } from './journal.ts';

/**
 * One statement, so that a document's records and the number of the revision they speak of change together (J23). It
 * changes nothing of a document whose records have come further than `base` meanwhile. What is recorded already keeps its
 * number; what has gone stays as a row that says so (J24).
 */
const PROJECT = `
WITH moved AS (
  INSERT INTO projected AS p (document, seq, base, changed_at)
  SELECT w.document, w.seq, w.base, coalesce(j.committed_at, now())
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS w(document, seq, base)
  LEFT JOIN journal j ON j.document = w.document AND j.seq = w.seq
  WHERE w.base = 0 OR EXISTS (SELECT FROM projected e WHERE e.document = w.document)
  ORDER BY w.document
  ON CONFLICT (document) DO UPDATE SET seq = excluded.seq, base = excluded.base,
    changed_at = CASE WHEN p.seq < excluded.seq THEN excluded.changed_at ELSE p.changed_at END
    WHERE p.seq = excluded.base AND p.seq <= excluded.seq
  RETURNING p.document, p.seq
),
recorded AS (
  INSERT INTO records AS r (document, entity, id, data, deleted, seq)
  SELECT c.document, c.entity, c.id, coalesce(c.data, '{}')::jsonb, c.data IS NULL, moved.seq
  FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[]) AS c(document, entity, id, data)
  JOIN moved USING (document)
  ORDER BY c.document
  ON CONFLICT (document, entity, id) DO UPDATE
    SET data = excluded.data, deleted = excluded.deleted, seq = excluded.seq, updated_at = now()
    WHERE (r.deleted, r.data) IS DISTINCT FROM (excluded.deleted, excluded.data)
)
SELECT document FROM moved`;

const RECORDED = `
SELECT w.document, coalesce(p.seq, 0) AS seq, r.entity, r.id
FROM unnest($1::uuid[]) AS w(document)
LEFT JOIN projected p ON p.document = w.document
LEFT JOIN records r ON r.document = w.document AND NOT r.deleted`;

const BEHIND = `
SELECT d.id, d.workspace, d.kind, d.name
FROM heads h
JOIN documents d ON d.id = h.document
LEFT JOIN projected p ON p.document = h.document
WHERE coalesce(p.seq, 0) < h.seq AND d.kind = ANY($3) AND ($2::uuid IS NULL OR h.document > $2)
ORDER BY h.document
LIMIT $1`;

const LIST = `
SELECT d.kind, d.name, p.seq, r.data, d.created_at, p.changed_at, to_char(p.changed_at, 'YYYYMMDDHH24MISSUS') AS at
FROM documents d
JOIN projected p ON p.document = d.id
JOIN records r ON r.document = d.id AND r.entity = 'document' AND r.id = ''
WHERE d.workspace = $1 AND NOT r.deleted
  AND ($2::text IS NULL OR d.kind = $2)
  AND ($7::text[] IS NULL OR d.kind || ':' || d.name = ANY ($7))
  AND ($3::text IS NULL OR position(lower($3) in lower(r.data->>'title')) > 0)
  AND ($4::text IS NULL OR (to_char(p.changed_at, 'YYYYMMDDHH24MISSUS'), d.name) < ($4, $5))
ORDER BY at DESC, d.name DESC
LIMIT $6`;

export function createProjection(db: Database): Projection {
  return {
    async project(changes) {
      const records = changes.flatMap(({ document, records }) => records.map((record) => ({ document, ...record })));
      const moved = await db.query<{ document: DocumentId }>(PROJECT, [
        changes.map(({ document }) => document),
        changes.map(({ seq }) => seq),
        changes.map(({ base }) => base),
        records.map(({ document }) => document),
        records.map(({ entity }) => entity),
        records.map(({ id }) => id),
        records.map(({ data }) => data),
      ]);
      return new Set(moved.map(({ document }) => document));
    },
    async recorded(documents) {
      const rows = await db.query<{ document: DocumentId; seq: Seq; entity: string | null; id: string }>(RECORDED, [
        documents,
      ]);
      const found = new Map<DocumentId, Recorded>();
      for (const { document, seq, entity, id } of rows) {
        const records: Recorded['records'] = found.get(document)?.records ?? [];
        if (entity !== null) records.push({ entity, id });
        found.set(document, { seq, records });
      }
      return found;
    },
    async behind(limit, after = null) {
      const rows = await db.query<DocumentName>(BEHIND, [limit, after, KINDS]);
      return rows.map(({ id, workspace, kind, name }) => ({ id, ref: { workspace, kind, id: name } }));
    },
  };
}

/** Data as JSON that a record can hold: Postgres's jsonb takes neither NUL nor half a surrogate pair, documents do. */
export function recordJson(data: object): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value,
  );
}

export function createCatalog(db: Database): Catalog {
  return {
    async list({ workspace, only, kind, text, after, limit }) {
      const [at, name] = readCursor(after);
      const params = [workspace, kind ?? null, text ?? null, at, name, limit + 1, only ?? null];
      const rows = await db.query<ListRow>(LIST, params);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        entries: page.map(entryOf),
        next: rows.length > limit && last ? `${last.at}.${last.name}` : null,
      };
    },
  };
}

interface ListRow {
  kind: Kind;
  name: string;
  seq: Seq;
  data: CatalogEntry['data'];
  created_at: Date;
  changed_at: Date;
  at: string;
}

function entryOf({ kind, name, seq, data, created_at, changed_at }: ListRow): CatalogEntry {
  return { kind, id: name, seq, data, createdAt: created_at, updatedAt: changed_at };
}

/** @throws Refusal when the cursor is none of this list's */
function readCursor(after: string | undefined): [string | null, string | null] {
  if (after === undefined) return [null, null];
  const match = /^(\d{20})\.(.+)$/.exec(after);
  if (!match) throw new Refusal('invalid_request', 'after must be the "next" of the page before, or left out.');
  return [match[1]!, match[2]!];
}
