import { randomUUID } from 'node:crypto';
import { createPglite } from './pglite.ts';
import { createPostgres } from './postgres.ts';
import type { DocumentId, Seq } from '@syncline/protocol';
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

/** Each takes the document and the head that it goes back to. */
const GO_BACK = [
  'DELETE FROM records WHERE document = $1 AND seq > $2::bigint',
  'DELETE FROM projected WHERE document = $1 AND seq > $2::bigint',
  'DELETE FROM snapshots WHERE document = $1 AND covers_seq > $2::bigint',
  'DELETE FROM commands WHERE document = $1 AND seq > $2::bigint',
  'DELETE FROM journal WHERE document = $1 AND seq > $2::bigint',
  `UPDATE heads SET seq = $2::bigint,
    nonce = (SELECT nonce FROM journal WHERE document = $1 AND seq = $2::bigint),
    previous = coalesce((SELECT nonce FROM journal WHERE document = $1 AND seq = $2::bigint - 1), 0)
  WHERE document = $1 AND $2::bigint > 0`,
  'DELETE FROM heads WHERE document = $1 AND $2::bigint = 0',
  'DELETE FROM documents WHERE id = $1 AND $2::bigint = 0',
];

/** Makes a document what a database has of it that lacks its last rows, as one does that failed over or was restored. */
export async function goBack(db: Database, document: DocumentId, head: Seq): Promise<void> {
  await db.transaction(async (tx) => {
    for (const sql of GO_BACK) await tx.query(sql, [document, head]);
  });
}
