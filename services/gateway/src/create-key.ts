import { createPostgres, DATABASE_SETTINGS, requireMigrated } from '@syncline/journal';
import { runCreateKey } from './key-command.ts';

await runCreateKey({
  usage: 'node services/gateway/src/create-key.ts',
  settings: DATABASE_SETTINGS,
  env: process.env,
  async open({ DATABASE_URL }, log) {
    const onError = (error: Error) => log.warn({ err: error }, 'Postgres is away');
    const db = createPostgres({ url: DATABASE_URL, connections: 1, onError });
    await requireMigrated(db);
    return { db };
  },
});
