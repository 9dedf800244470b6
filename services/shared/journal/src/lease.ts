import type { Database } from './database.ts';

const TAKE = `
INSERT INTO leases AS l (name, owner, expires_at) VALUES ($1, $2, now() + $3 * interval '1 millisecond')
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
WHERE l.expires_at < now() OR l.owner = excluded.owner
RETURNING owner`;

/** Work that one process does at a time. It ends with its time, also when its owner has died; nothing rests on it but economy. */
export interface Leases {
  /** @returns whether `owner` now has it, for `ttlMs` from now */
  take(name: string, owner: string, ttlMs: number): Promise<boolean>;
  release(name: string, owner: string): Promise<void>;
}

export function createLeases(db: Database): Leases {
  return {
    take: async (name, owner, ttlMs) => (await db.query(TAKE, [name, owner, ttlMs])).length > 0,
    async release(name, owner) {
      await db.query('DELETE FROM leases WHERE name = $1 AND owner = $2', [name, owner]);
    },
  };
}
