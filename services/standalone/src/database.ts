import { join } from 'node:path';
import { createPostgres, type Database, migrate } from '@syncline/journal';
import { createPglite } from '@syncline/journal/pglite';
import { lockFolder, type Logger, StartError } from '@syncline/runtime';
import type { Settings } from './settings.ts';

/**
 * Opens the database where the settings say it is, with its schema brought up to date.
 * @throws StartError when the folder is in use or the database cannot be reached
 */
export async function openDatabase(
  settings: Pick<Settings, 'DATABASE_URL' | 'DATA_DIR'>,
  log: Logger,
): Promise<{ db: Database; unlock: () => void }> {
  const unlock = settings.DATABASE_URL ? () => {} : lockFolder(settings.DATA_DIR, 'DATA_DIR');
  try {
    const db = settings.DATABASE_URL
      ? createPostgres({ url: settings.DATABASE_URL, onError: (error) => log.warn({ err: error }, 'Postgres is away') })
      : await createPglite({ dataDir: join(settings.DATA_DIR, 'pglite') });
    await migrate(db);
    return { db, unlock };
  } catch (error) {
    unlock();
    const name = settings.DATABASE_URL ? 'DATABASE_URL' : `DATA_DIR=${settings.DATA_DIR}`;
    throw new StartError(`${name}: the database cannot be opened: ${(error as Error).message}`, { cause: error });
  }
}
