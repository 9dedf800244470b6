import { randomUUID } from 'node:crypto';
import { createPglite } from './pglite.ts';
import { createPostgres } from './postgres.ts';
import type { Database } from './database.ts';

/** A database of its own for one test file, and how to be rid of it. */
export interface TestDatabase {
  db: Database;
  /** Postgres only: where another connection reaches it. */
  url: string;
  drop(): Promise<void>;
}

export async function pgliteTestDatabase(): Promise<TestDatabase> {
  const db = await createPglite({ dataDir: 'memory://' });
  return { db, url: '', drop: () => db.close() };
}

/** Creates a database on the server at `serverUrl` and connects to it. */
export async function postgresTestDatabase(serverUrl: string): Promise<TestDatabase> {
  const server = createPostgres({ url: serverUrl, connections: 1, onError: () => {} });
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await server.query(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const db = createPostgres({ url: url.href, onError: () => {} });
  return {
    db,
    url: url.href,
    async drop() {
      await db.close();
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.close();
    },
  };
}
