import type { Database } from '@syncline/journal';
import type { ApiKey, Right, RightsStore, ShareLink } from './records.ts';

const KEY = `id, workspace, name, role, documents, last_four AS "lastFour", created_at AS "createdAt",
  created_by AS "createdBy", expires_at AS "expiresAt", revoked_at AS "revokedAt"`;
const LINK = `id, workspace, document, role, created_at AS "createdAt", created_by AS "createdBy",
  expires_at AS "expiresAt", revoked_at AS "revokedAt"`;
const RIGHT = `subject, nullif(document, '') AS document, role`;

/**
 * One statement, so that nobody sees the change without its revision, or the revision without its change. A revision is
 * a number of chance: one that counts would come again in a database that went back, and hide a change (A17).
 */
function revised(change: string, answer: string): string {
  return `
WITH changed AS (${change} RETURNING *),
revised AS (UPDATE rights_revision SET revision = floor(random() * 9e15)::bigint WHERE EXISTS (SELECT FROM changed))
SELECT ${answer} FROM changed`;
}

const REVISION = 'SELECT revision FROM rights_revision';

const KEY_BY_HASH = `SELECT ${KEY} FROM api_keys WHERE hash = $1`;
const KEY_BY_ID = `SELECT ${KEY} FROM api_keys WHERE id = $1`;
const KEYS = `SELECT ${KEY} FROM api_keys WHERE workspace = $1 ORDER BY created_at DESC, id`;
const ADD_KEY = `
INSERT INTO api_keys (id, workspace, name, role, documents, last_four, created_by, expires_at, hash)
VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING RETURNING ${KEY}`;
const REVOKE_KEY = revised(
  'UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE workspace = $1 AND id = $2',
  KEY,
);

const LINK_BY_ID = `SELECT ${LINK} FROM share_links WHERE id = $1`;
const LINKS = `SELECT ${LINK} FROM share_links WHERE workspace = $1 AND document = $2 ORDER BY created_at DESC, id`;
const ADD_LINK = `
INSERT INTO share_links (id, workspace, document, role, created_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING ${LINK}`;
const REVOKE_LINK = revised(
  'UPDATE share_links SET revoked_at = coalesce(revoked_at, now()) WHERE workspace = $1 AND document = $2 AND id = $3',
  LINK,
);

const RIGHTS_OF = `SELECT ${RIGHT} FROM rights WHERE workspace = $1 AND subject = $2`;
const RIGHTS = `SELECT ${RIGHT} FROM rights WHERE workspace = $1 ORDER BY subject, document`;
const SET_RIGHT = revised(
  `INSERT INTO rights (workspace, subject, document, role, set_by) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (workspace, subject, document) DO UPDATE SET role = excluded.role, set_by = excluded.set_by, set_at = now()`,
  RIGHT,
);
const REMOVE_RIGHT = revised('DELETE FROM rights WHERE workspace = $1 AND subject = $2 AND document = $3', RIGHT);

/** Keys, links and rights in the journal's database. */
export function createRightsStore(db: Database): RightsStore {
  const first = async <T>(sql: string, params: unknown[]) => (await db.query<T>(sql, params))[0] ?? null;
  const stored = (documents: string[] | null) => (documents === null ? null : JSON.stringify(documents));

  return {
    revision: async () => (await db.query<{ revision: number }>(REVISION))[0]!.revision,

    keyByHash: (hash) => first<ApiKey>(KEY_BY_HASH, [hash]),
    key: (id) => first<ApiKey>(KEY_BY_ID, [id]),
    keys: (workspace) => db.query<ApiKey>(KEYS, [workspace]),
    addKey({ id, workspace, name, role, documents, lastFour, createdBy, expiresAt, hash }) {
      const params = [id, workspace, name, role, stored(documents), lastFour, createdBy, expiresAt, hash];
      return first<ApiKey>(ADD_KEY, params);
    },
    revokeKey: (workspace, id) => first<ApiKey>(REVOKE_KEY, [workspace, id]),

    link: (id) => first<ShareLink>(LINK_BY_ID, [id]),
    links: (workspace, document) => db.query<ShareLink>(LINKS, [workspace, document]),
    addLink: ({ id, workspace, document, role, createdBy, expiresAt }) =>
      first<ShareLink>(ADD_LINK, [id, workspace, document, role, createdBy, expiresAt]),
    revokeLink: ({ workspace, document, id }) => first<ShareLink>(REVOKE_LINK, [workspace, document, id]),

    rightsOf: (workspace, subject) => db.query<Right>(RIGHTS_OF, [workspace, subject]),
    rights: (workspace) => db.query<Right>(RIGHTS, [workspace]),
    async setRight(workspace, { subject, document, role }, setBy) {
      await db.query(SET_RIGHT, [workspace, subject, document ?? '', role, setBy]);
    },
    async removeRight(workspace, { subject, document }) {
      return (await db.query(REMOVE_RIGHT, [workspace, subject, document ?? ''])).length > 0;
    },
  };
}
