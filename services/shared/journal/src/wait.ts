import { setTimeout as pause } from 'node:timers/promises';
import { type Logger, StartError } from '@syncline/runtime';
import { type Database, DatabaseError } from './database.ts';
import { cannotBeUsed, migrate, requireMigrated } from './migrate.ts';

/** How often a database that cannot be used yet is tried: an installation's first start waits for little else. */
const TRY_MS = 500;
/** How often the log says so again, beside each time that the reason is another. */
const SAY_MS = 10_000;

/**
 * Resolves once every migration of this version has run (J33). On an installation's first start, and in an upgrade, all
 * its processes start at once: those that come too early wait instead of ending.
 * @throws StartError when the login is refused, which no waiting mends
 */
export function untilMigrated(db: Database, log: Logger): Promise<void> {
  return onceThere(() => requireMigrated(db), log);
}

/**
 * {@link migrate}, once the server can be asked (J33).
 * @throws StartError when the login is refused; DatabaseError when a migration fails
 */
export function migrateOnceThere(db: Database, log: Logger): Promise<string[]> {
  return onceThere(async () => {
    try {
      return await migrate(db);
    } catch (error) {
      throw error instanceof DatabaseError && (error.away || error.wrongLogin) ? cannotBeUsed(error) : error;
    }
  }, log);
}

/** Does `act` again for as long as it says that the database cannot be used yet. */
async function onceThere<T>(act: () => Promise<T>, log: Logger): Promise<T> {
  const began = performance.now();
  const waitedMs = () => Math.round(performance.now() - began);
  let said = { why: '', at: 0 };
  for (;;) {
    try {
      const done = await act();
      if (said.why) log.info({ waitedMs: waitedMs() }, 'the database is there');
      return done;
    } catch (error) {
      const why = whyToWait(error);
      if (why === null) throw error;
      if (why !== said.why || waitedMs() - said.at >= SAY_MS) {
        said = { why, at: waitedMs() };
        log.warn({ why, waitedMs: said.at }, 'waiting for the database, and for the migrations of this version');
      }
    }
    await pause(TRY_MS);
  }
}

/** @returns null when no waiting helps */
function whyToWait(error: unknown): string | null {
  if (!(error instanceof StartError)) return null;
  const cause = error.cause as Error;
  return cause instanceof DatabaseError && cause.wrongLogin ? null : cause.message;
}
