import { type DocumentId, KINDS, type Seq } from '@syncline/protocol';
import type { Database } from './database.ts';

/** A document as it is stored; its kind may be one that this version does not know. */
export interface StoredDocument {
  id: DocumentId;
  workspace: string;
  kind: string;
  name: string;
}

/** A document of which something, or nothing, can be read here. */
export interface Quarantined extends StoredDocument {
  /** Rows that could not be applied and were set aside; 0 where the document's kind is not known. */
  rows: number;
  reason: string;
  foundAt: Date | null;
}

const DOCUMENTS = `
SELECT id, workspace, kind, name FROM documents
WHERE ($2::uuid IS NULL OR id > $2) AND ($3::text IS NULL OR workspace = $3)
  AND ($4::text IS NULL OR kind || ':' || name = $4)
ORDER BY id
LIMIT $1`;

const QUARANTINED = `
SELECT d.id, d.workspace, d.kind, d.name, count(*) AS rows, min(q.reason) AS reason, min(q.found_at) AS "foundAt"
FROM quarantine q JOIN documents d ON d.id = q.document
GROUP BY d.id
UNION ALL
SELECT id, workspace, kind, name, 0, 'this version does not know its kind', NULL FROM documents WHERE kind <> ALL($1)
ORDER BY workspace, kind, name`;

const HEAD = `
SELECT 'document' AS part, d.*, h.seq AS head FROM documents d LEFT JOIN heads h ON h.document = d.id WHERE d.id = $1`;

const ROWS = `
SELECT 'row' AS part, seq, actor, committed_at, update FROM journal
WHERE document = $1 AND seq > $2 ORDER BY seq LIMIT $3`;

const SET_ASIDE = `
SELECT 'set aside' AS part, seq, actor, reason, found_at, update FROM quarantine WHERE document = $1 ORDER BY seq`;

const SNAPSHOT = `SELECT 'snapshot' AS part, covers_seq, made_at, state FROM snapshots WHERE document = $1`;

const PAGE = 500;

/** Which documents there are and what is stored of them, for an operator's commands. */
export interface Inventory {
  /** All documents, by id; those of one workspace, or of one `<kind>:<id>`, where that is given. */
  documents(only?: { workspace?: string | undefined; name?: string | undefined }): AsyncGenerator<StoredDocument>;
  quarantined(): Promise<Quarantined[]>;
  /** Everything that is stored of a document, as it is: its names, rows, rows set aside, and its snapshot. */
  contents(document: StoredDocument): AsyncGenerator<object>;
}

export function createInventory(db: Database): Inventory {
  return {
    async *documents({ workspace, name } = {}) {
      let after: DocumentId | null = null;
      for (;;) {
        const page: StoredDocument[] = await db.query(DOCUMENTS, [PAGE, after, workspace ?? null, name ?? null]);
        yield* page;
        if (page.length < PAGE) return;
        after = page.at(-1)!.id;
      }
    },
    quarantined: () => db.query<Quarantined>(QUARANTINED, [KINDS]),
    async *contents({ id }) {
      yield* await db.query<object>(HEAD, [id]);
      let after: Seq = 0;
      for (;;) {
        const page: { seq: Seq }[] = await db.query(ROWS, [id, after, PAGE]);
        yield* page;
        if (page.length < PAGE) break;
        after = page.at(-1)!.seq;
      }
      yield* await db.query<object>(SET_ASIDE, [id]);
      // Last: rows that a compaction has deleted meanwhile are in it.
      yield* await db.query<object>(SNAPSHOT, [id]);
    },
  };
}
