import { type DocumentId, KINDS, type Seq } from '@syncline/protocol';
import type { Database } from './database.ts';
import type { DocumentName, Projection, Recorded } from './journal.ts';

/**
 * One statement, so that a document's records and the number of the revision they speak of change together (J23). It
 * changes nothing of a document whose records have come further than `base` meanwhile, or whose journal went back. What is recorded already keeps its
 * number; what has gone stays as a row that says so (J24).
 */
const PROJECT = `
WITH moved AS (
  INSERT INTO projected AS p (document, workspace, seq, base, changed_at)
  SELECT w.document, d.workspace, w.seq, w.base, coalesce(j.committed_at, now())
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $8::bigint[]) AS w(document, seq, base, nonce)
  JOIN documents d ON d.id = w.document
  JOIN heads h ON h.document = w.document AND h.seq >= w.seq
  LEFT JOIN journal j ON j.document = w.document AND j.seq = w.seq
  WHERE (w.base = 0 OR EXISTS (SELECT FROM projected e WHERE e.document = w.document))
    AND CASE WHEN h.seq = w.seq THEN h.nonce ELSE coalesce(j.nonce, w.nonce) END = w.nonce
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
        changes.map(({ nonce }) => nonce),
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
