import { createPostgres, DATABASE_SETTINGS, migrateOnceThere } from '@syncline/journal';
import { createLog, readSettings, runMain } from '@syncline/runtime';

/** A large table may take its time. */
const STATEMENT_MS = 600_000;

await runMain({
  title: 'Brings the database’s schema up to this version; safe to run again, and beside running pods.',
  settings: DATABASE_SETTINGS,
  // A Job that was told to end before its work was done must not count as done.
  exitWhenInterrupted: 1,
  async start() {
    const { DATABASE_URL } = readSettings(DATABASE_SETTINGS, process.env);
    const log = createLog({ service: 'migrate', level: 'info' });
    const db = createPostgres({
      url: DATABASE_URL,
      connections: 1,
      statementTimeoutMs: STATEMENT_MS,
      onError: (error) => log.warn({ err: error }),
    });
    const ran = await migrateOnceThere(db, log);
    log.info({ ran }, ran.length ? 'migrated' : 'the schema is up to date');
    await db.close();
    return null;
  },
});
