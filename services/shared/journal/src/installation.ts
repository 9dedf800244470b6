import type { Database } from './database.ts';

/** What a database says of itself. */
export interface Installation {
  /** Names this installation's channels and subjects, so that two on one Redis or NATS never hear each other. */
  id: string;
}

/**
 * Reads which installation this database is.
 * @throws DatabaseError
 */
export async function readInstallation(db: Database): Promise<Installation> {
  const [found] = await db.query<Installation>('SELECT id FROM installation');
  return found!;
}
