import { type DocumentId, type Kind, Refusal, type Seq } from '@syncline/protocol';
import type { Database } from './database.ts';
import type { Catalog, CatalogEntry } from './journal.ts';

/** A search for more words than this costs more than it tells. */
const MAX_WORDS = 10;

const COLUMNS = `d.id, d.kind, d.name, p.seq, r.data, d.created_at, p.changed_at,
  (extract(epoch FROM p.changed_at) * 1000000)::bigint AS at`;

/** What a list may be narrowed by, as conditions on one parameter each. */
const NARROWED_BY = {
  workspace: (of: string) => `p.workspace = ${of}`,
  kind: (of: string) => `d.kind = ${of}`,
  status: (of: string) => `r.data->>'status' = ${of}`,
  only: (of: string) => `d.kind || ':' || d.name = ANY (${of}::text[])`,
  // J26.
  words: (of: string) => `p.document IN (
    SELECT found.document FROM unnest(${of}::text[]) AS w(word)
    JOIN records found ON NOT found.deleted AND record_words(found.data) @@ w.word::tsquery
    GROUP BY found.document HAVING count(DISTINCT w.word) = cardinality(${of}::text[]))`,
  after: (of: string) => `(p.changed_at, p.document) < (
    timestamptz 'epoch' + split_part(${of}::text, '.', 1)::bigint * interval '1 microsecond',
    split_part(${of}::text, '.', 2)::uuid)`,
};

/** One statement for each set of conditions: with `$2 IS NULL OR …` one plan would have to serve them all. */
function listing(narrowedBy: (keyof typeof NARROWED_BY)[]): string {
  return `
SELECT ${COLUMNS}
FROM projected p
JOIN documents d ON d.id = p.document
JOIN records r ON r.document = p.document AND r.entity = 'document' AND r.id = '' AND NOT r.deleted
WHERE ${narrowedBy.map((name, index) => NARROWED_BY[name](`$${index + 2}`)).join('\n  AND ')}
ORDER BY p.changed_at DESC, p.document DESC
LIMIT $1`;
}

interface ListRow {
  id: DocumentId;
  kind: Kind;
  name: string;
  seq: Seq;
  data: CatalogEntry['data'];
  created_at: Date;
  changed_at: Date;
  at: number;
}

export function createCatalog(db: Database): Catalog {
  return {
    async list({ workspace, only, kind, status, text, after, limit }) {
      const words = text === undefined ? undefined : wordsOf(text);
      if (words?.length === 0) return { entries: [], next: null };
      const given = { workspace, kind, status, only, words, after: readCursor(after) };
      const names = (Object.keys(given) as (keyof typeof given)[]).filter((name) => given[name] !== undefined);
      const rows = await db.query<ListRow>(listing(names), [limit + 1, ...names.map((name) => given[name])]);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return { entries: page.map(entryOf), next: rows.length > limit && last ? `${last.at}.${last.id}` : null };
    },
  };
}

function entryOf({ kind, name, seq, data, created_at, changed_at }: ListRow): CatalogEntry {
  return { kind, id: name, seq, data, createdAt: created_at, updatedAt: changed_at };
}

/**
 * What is looked for, as queries of Postgres: for each word whatever begins with it.
 * @throws Refusal when there are too many
 */
function wordsOf(text: string): string[] {
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu));
  if (words.size > MAX_WORDS)
    throw new Refusal('invalid_request', `text: at most ${MAX_WORDS} words are looked for at once.`, {
      errors: [{ field: 'text', message: `at most ${MAX_WORDS} words are looked for at once` }],
    });
  return [...words].map((word) => `'${word}':*`);
}

/** @throws Refusal when the cursor is none of this list's */
function readCursor(after: string | undefined): string | undefined {
  if (after === undefined || /^\d{1,16}\.[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(after)) return after;
  const message = 'must be the "next" of the page before, or left out';
  throw new Refusal('invalid_request', `after: ${message}.`, { errors: [{ field: 'after', message }] });
}
