// A pod of the stock cluster: Hocuspocus with its own Redis and Database extensions and their defaults.
import { Database } from '@hocuspocus/extension-database';
import { Redis } from '@hocuspocus/extension-redis';
import { Server } from '@hocuspocus/server';
import { Pool } from 'pg';

const { PORT = '0', DATABASE_URL, REDIS_URL = 'redis://127.0.0.1:6379' } = process.env;
const redis = new URL(REDIS_URL);
const pool = new Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query('CREATE TABLE IF NOT EXISTS stock_documents (name text PRIMARY KEY, state bytea NOT NULL)');

const server = new Server({
  port: Number(PORT),
  address: '127.0.0.1',
  quiet: true,
  extensions: [
    new Redis({ host: redis.hostname, port: Number(redis.port) }),
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
});
await server.listen();
