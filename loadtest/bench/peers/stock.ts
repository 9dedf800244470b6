// A pod of the stock cluster: Hocuspocus with its own Redis and Database extensions. What the environment does not set
// is as they come.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Database } from '@hocuspocus/extension-database';
import { Redis } from '@hocuspocus/extension-redis';
import { Server } from '@hocuspocus/server';
import { Pool } from 'pg';

const { PORT = '0', DATABASE_URL, REDIS_URL = 'redis://127.0.0.1:6379', DEBOUNCE_MS, REDIS_RETRIES } = process.env;
const address = new URL(REDIS_URL);
const pool = new Pool({ connectionString: DATABASE_URL, max: 10 });
// A pool whose idle connections nobody listens to ends the process when Postgres goes.
pool.on('error', () => {});
await pool.query('CREATE TABLE IF NOT EXISTS stock_documents (name text PRIMARY KEY, state bytea NOT NULL)');

const redis = new Redis({
  host: address.hostname,
  port: Number(address.port),
  ...(REDIS_RETRIES && { options: { maxRetriesPerRequest: Number(REDIS_RETRIES) } }),
});

const server = new Server({
  port: Number(PORT),
  address: '127.0.0.1',
  quiet: true,
  ...(DEBOUNCE_MS && { debounce: Number(DEBOUNCE_MS) }),
  extensions: [
    redis,
    new Database({
      async fetch({ documentName }) {
        const found = await pool.query('SELECT state FROM stock_documents WHERE name = $1', [documentName]);
        return (found.rows[0]?.state as Buffer | undefined) ?? null;
      },
      async store({ documentName, state }) {
        await pool.query(
          'INSERT INTO stock_documents VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET state = excluded.state',
          [documentName, state],
        );
      },
    }),
  ],
  // What a client says to all of a document.
  async onStateless({ document, payload }) {
    document.broadcastStateless(payload);
  },
  async onRequest({ request, response }) {
    if (await answer(request, response)) await Promise.reject();
  },
});
await server.listen();

/** @returns false for what the server's own answer is good enough for */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://pod');
  if (pathname === '/status') {
    const connected = [redis.pub, redis.sub].every((client) => client.status === 'ready');
    response.end(JSON.stringify({ documents: server.hocuspocus.getDocumentsCount(), redis: connected }));
    return true;
  }
  if (pathname !== '/command') return false;
  // A server's own edit, as Hocuspocus documents it.
  const direct = await server.hocuspocus.openDirectConnection(searchParams.get('document')!);
  await direct.transact((document) => document.getMap('metadata').set(searchParams.get('key')!, 'x'));
  // With it the answer waits for the store and the unloading; without it the document stays warm.
  await direct.disconnect({ unloadImmediately: searchParams.has('unload') });
  response.end();
  return true;
}
