import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from './settings.ts';

const SQLITE_BUSY = 5;

/**
 * Takes a folder for this process alone, and makes it if it is not there. The lock is the operating system's, on a file
 * that SQLite holds open: it goes with the process however that ends, and no process id is ever compared.
 * @param setting the name of the setting that chose the folder
 * @returns what gives the folder back
 * @throws StartError when another process has it, or it cannot be written
 */
export function lockFolder(folder: string, setting: string): () => void {
  const owner = join(folder, 'owner');
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    lock = new DatabaseSync(join(folder, 'lock'));
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    writeFileSync(owner, `process ${process.pid}`);
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY)
      throw new StartError(
        `${setting}=${folder} is in use by another Syncline (${read(owner)}): stop that one, or choose another ` +
          `folder, for example ${setting}=${folder}-2`,
        { cause: error },
      );
    throw new StartError(`${setting}=${folder} cannot be used: ${(error as Error).message}`, { cause: error });
  }
  return () => lock.close();
}

/** For the message only: whose number it is does not matter to the lock. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'process unknown';
  }
}
