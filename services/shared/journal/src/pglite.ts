import { PGlite, type Transaction } from '@electric-sql/pglite';
import { type Database, DatabaseError } from './database.ts';

const INT8 = 20;

/**
 * PGlite behind {@link Database}: Postgres inside the process, for `npm start` without a server. It never calls fsync:
 * what is committed outlives the process, not a power cut. Two instances on one folder would destroy it, so whoever
 * opens one holds the folder's lock.
 */
export async function createPglite(options: { dataDir: string }): Promise<Database> {
  const db = await PGlite.create({ dataDir: options.dataDir, parsers: { [INT8]: Number } });
  return {
    query: (sql, params) => query(db, sql, params),
    async transaction(work) {
      let thrown: unknown;
      try {
        return await db.transaction((tx) =>
          work({ query: (sql, params) => query(tx, sql, params) }).catch((error: unknown) => {
            thrown = error;
            throw error;
          }),
        );
      } catch (error) {
        // What the work did not throw came from beginning or committing.
        throw error === thrown ? error : new DatabaseError(error);
      }
    },
    async script(sql) {
      try {
        await db.transaction(async (tx) => {
          await tx.exec(sql);
        });
      } catch (error) {
        throw new DatabaseError(error);
      }
    },
    close: () => db.close(),
  };
}

async function query<T>(on: PGlite | Transaction, sql: string, params: unknown[] = []): Promise<T[]> {
  try {
    return (await on.query<T>(sql, params)).rows;
  } catch (error) {
    throw new DatabaseError(error);
  }
}
