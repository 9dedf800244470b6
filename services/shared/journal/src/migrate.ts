import { readdir, readFile } from 'node:fs/promises';
import { StartError } from '@syncline/runtime';
import type { Database } from './database.ts';

const folder = new URL('../sql/', import.meta.url);

/**
 * Brings the schema up to date: runs each file of `sql/` that has not run here, in order, each in one transaction with
 * the note that it ran. Processes that start together wait for one another.
 * @returns the names of the files that ran
 */
export async function migrate(db: Database): Promise<string[]> {
  await db.script(
    'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
  );
  const ran: string[] = [];
  for (const name of await migrations()) {
    if (await hasRun(db, name)) continue;
    const sql = await readFile(new URL(name, folder), 'utf8');
    try {
      // The lock on the table makes the second of two processes wait here, and then fail on the primary key.
      await db.script(
        `LOCK TABLE migrations IN EXCLUSIVE MODE; INSERT INTO migrations (name) VALUES ('${name}'); ${sql}`,
      );
      ran.push(name);
    } catch (error) {
      if (!(await hasRun(db, name))) throw error;
    }
  }
  return ran;
}

/** @throws StartError when a migration of this version has not run */
export async function requireMigrated(db: Database): Promise<void> {
  try {
    for (const name of await migrations()) if (!(await hasRun(db, name))) throw new Error(`${name} has not run`);
  } catch (error) {
    throw cannotBeUsed(error);
  }
}

/** The database cannot be used, and why; {@link DatabaseError} as its cause where the server said so. */
export function cannotBeUsed(error: unknown): StartError {
  return new StartError(
    `DATABASE_URL: the database cannot be used yet (${(error as Error).message}): once it can be reached, run ` +
      'node services/sync/src/migrate.ts with the same DATABASE_URL',
    { cause: error },
  );
}

async function migrations(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^\d{3}-.*\.sql$/.test(name)).toSorted();
}

async function hasRun(db: Database, name: string): Promise<boolean> {
  return (await db.query('SELECT 1 FROM migrations WHERE name = $1', [name])).length > 0;
}
