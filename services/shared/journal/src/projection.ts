import { type DocumentId, type Kind, Refusal, type Seq } from '@syncline/protocol';
import type { Database } from './database.ts';
import type { Catalog, CatalogEntry, Projection } from './journal.ts';

/** The one record that says of a document what lists show; entities inside documents join it with the collections. */
const SELF = 'document';

const PROJECT = `
INSERT INTO records AS r (document, entity, id, data, seq)
SELECT p.document, '${SELF}', '', p.data::jsonb, p.seq
FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS p(document, data, seq) ORDER BY p.document
ON CONFLICT (document, entity, id) DO UPDATE SET data = excluded.data, seq = excluded.seq, updated_at = now()
WHERE r.seq < excluded.seq`;

const BEHIND = `
SELECT d.id, d.workspace, d.kind, d.name
FROM heads h
JOIN documents d ON d.id = h.document
LEFT JOIN records r ON r.document = h.document AND r.entity = '${SELF}' AND r.id = ''
WHERE coalesce(r.seq, 0) < h.seq AND ($2::uuid IS NULL OR h.document > $2)
ORDER BY h.document
LIMIT $1`;

const LIST = `
SELECT d.kind, d.name, r.seq, r.data, d.created_at, r.updated_at, to_char(r.updated_at, 'YYYYMMDDHH24MISSUS') AS at
FROM documents d JOIN records r ON r.document = d.id AND r.entity = '${SELF}' AND r.id = ''
WHERE d.workspace = $1 AND NOT r.deleted
  AND ($2::text IS NULL OR d.kind = $2)
  AND ($3::text IS NULL OR position(lower($3) in lower(r.data->>'title')) > 0)
  AND ($4::text IS NULL OR (to_char(r.updated_at, 'YYYYMMDDHH24MISSUS'), d.name) < ($4, $5))
ORDER BY at DESC, d.name DESC
LIMIT $6`;

export function createProjection(db: Database): Projection {
  return {
    async project(projected) {
      await db.query(PROJECT, [
        projected.map(({ document }) => document),
        projected.map(({ data }) => toJson(data)),
        projected.map(({ seq }) => seq),
      ]);
    },
    async behind(limit, after = null) {
      const rows = await db.query<{ id: DocumentId; workspace: string; kind: Kind; name: string }>(BEHIND, [
        limit,
        after,
      ]);
      return rows.map(({ id, workspace, kind, name }) => ({ id, ref: { workspace, kind, id: name } }));
    },
  };
}

export function createCatalog(db: Database): Catalog {
  return {
    async list({ workspace, kind, text, after, limit }) {
      const [at, name] = readCursor(after);
      const rows = await db.query<ListRow>(LIST, [workspace, kind ?? null, text ?? null, at, name, limit + 1]);
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
  updated_at: Date;
  at: string;
}

function entryOf({ kind, name, seq, data, created_at, updated_at }: ListRow): CatalogEntry {
  return { kind, id: name, seq, data, createdAt: created_at, updatedAt: updated_at };
}

/** @throws Refusal when the cursor is none of this list's */
function readCursor(after: string | undefined): [string | null, string | null] {
  if (after === undefined) return [null, null];
  const match = /^(\d{20})\.(.+)$/.exec(after);
  if (!match) throw new Refusal('invalid_request', 'after must be the "next" of the page before, or left out.');
  return [match[1]!, match[2]!];
}

/** Postgres's jsonb takes neither NUL nor half a surrogate pair, and a document may hold both. */
function toJson(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value,
  );
}
