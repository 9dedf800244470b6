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

/**
 * Makes this database another installation, as a copy must be that runs beside its original.
 * @throws DatabaseError
 */
export async function renewInstallation(db: Database): Promise<Installation> {
  const [renewed] = await db.query<Installation>('UPDATE installation SET id = gen_random_uuid() RETURNING id');
  return renewed!;
}
