import { Client } from 'pg';
import { startNats } from '../.ci/nats.ts';
import { startPostgres } from '../.ci/postgres.ts';
import { startRedis } from '../.ci/redis.ts';
import { runToEnd } from './processes.ts';

/** One Postgres, one Redis and one NATS for all; each system has a database of its own. */
export interface Servers {
  env: { stock: Record<string, string>; syncline: Record<string, string> };
  /** Postgres's first process. */
  postgresPid: number;
  postgresVersion: string;
  stop(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
  const started = await Promise.all([startPostgres(), startRedis(), startNats()]);
  const [postgres, redis, nats] = started;
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  try {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('CREATE DATABASE stock');
    await client.query('CREATE DATABASE syncline');
    const { rows } = await client.query("SELECT current_setting('server_version') AS version");
    const { version } = rows[0] as { version: string };
    await client.end();
    const database = (name: string) => postgres.url.replace(/postgres$/, name);
    const syncline = {
      DATABASE_URL: database('syncline'),
      REDIS_URL: redis.url,
      NATS_URL: nats.url,
      ADMIN_PORT: '0',
    };
    await runToEnd('services/sync/src/migrate.ts', syncline);
    return {
      env: { stock: { DATABASE_URL: database('stock'), REDIS_URL: redis.url }, syncline },
      postgresPid: postgres.pid,
      postgresVersion: version.split(' ', 1)[0]!,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
