import type { DocumentId } from '@syncline/protocol';
import type { Database } from './database.ts';

/** A document as it is stored; its kind may be one that this version does not know. */
export interface StoredDocument {
  id: DocumentId;
  workspace: string;
  kind: string;
  name: string;
}

const DOCUMENTS = `
SELECT id, workspace, kind, name FROM documents
WHERE ($2::uuid IS NULL OR id > $2) AND ($3::text IS NULL OR workspace = $3)
  AND ($4::text IS NULL OR kind || ':' || name = $4)
ORDER BY id
LIMIT $1`;

const PAGE = 500;

/** Which documents there are, for an operator's commands. */
export interface Inventory {
  /** All documents, by id; those of one workspace, or of one `<kind>:<id>`, where that is given. */
  documents(only?: { workspace?: string | undefined; name?: string | undefined }): AsyncGenerator<StoredDocument>;
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
  };
}
