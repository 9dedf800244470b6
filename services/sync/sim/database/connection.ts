import { type Database, DatabaseError, type Queryable } from '@syncline/journal';
import type { Clock } from '@syncline/runtime';
import { SqlError } from './tables.ts';
import type { DatabaseServer, Transaction } from './server.ts';

/**
 * What becomes of a statement on its way: done and answered; lost before it reached the server; done, and the answer
 * lost; given up by the client, and done only afterwards.
 */
export type Fate = 'answered' | 'lost' | 'done, not answered' | 'done later';

/** How the way to the server is. */
export interface Link {
  clock: Clock;
  /** Milliseconds from one end to the other. */
  latencyMs: () => number;
  /** Drawn for each statement. */
  fate: () => Fate;
  /** Milliseconds until the server goes on; 0 when it does not stand still. */
  stalledMs: () => number;
  /** Whether the server can be reached at all. */
  reachable: () => boolean;
  /** Whether this end still lives; a dead one sends nothing and hears nothing. */
  alive: () => boolean;
  /** Runs `fn` at the server after `ms`, whether or not this end lives then. */
  atServer: (ms: number, fn: () => void) => void;
  /** A transaction begins; should this end die, the server rolls it back. */
  began?: (tx: Transaction) => void;
}

const LOST = { message: 'Connection terminated unexpectedly', code: 'ECONNRESET' };
const REFUSED = { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' };

/** One process's {@link Database}: a pool of connections to the simulated server. */
export function connect(server: DatabaseServer, link: Link): Database {
  return {
    query: (sql, params) => send(server, link, null, sql, params),
    transaction: (work) => transaction(server, link, work),
    async script(sql) {
      // Of scripts only the migrations' are ever run, and of those only the note that they ran matters here.
      for (const [, name] of sql.matchAll(/INSERT INTO migrations \(name\) VALUES \('([^']+)'\)/g)) {
        if (server.tables.migrations.has(name!)) throw new DatabaseError(new SqlError('23505', 'it has run'));
        server.tables.migrations.add(name!);
      }
    },
    close: async () => {},
  };
}

async function transaction<T>(server: DatabaseServer, link: Link, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const tx = server.begin();
  link.began?.(tx);
  try {
    const result = await work({ query: (sql, params) => send(server, link, tx, sql, params) });
    await commit(server, link, tx);
    return result;
  } catch (error) {
    // The connection is thrown away, and the server notices.
    link.atServer(link.latencyMs(), () => tx.open && server.rollback(tx));
    throw error;
  }
}

function send<T>(
  server: DatabaseServer,
  link: Link,
  tx: Transaction | null,
  sql: string,
  params: unknown[] = [],
): Promise<T[]> {
  // What is sent is what it was at that moment, whatever the caller does with its memory.
  const sent = structuredClone(params);
  return exchange(link, (answer, fail) => server.run(sql, sent, tx, answer, fail)) as Promise<T[]>;
}

function commit(server: DatabaseServer, link: Link, tx: Transaction): Promise<object[]> {
  return exchange(link, (answer, fail) => {
    try {
      server.commit(tx);
      answer([]);
    } catch (error) {
      fail(error);
    }
  });
}

function exchange(
  link: Link,
  run: (answer: (rows: object[]) => void, fail: (error: unknown) => void) => void,
): Promise<object[]> {
  const { promise, resolve, reject } = Promise.withResolvers<object[]>();
  if (!link.alive()) return promise;
  const lose = (ms: number, error: object = LOST) => void link.clock.after(ms, () => reject(new DatabaseError(error)));
  if (!link.reachable()) {
    lose(link.latencyMs(), REFUSED);
    return promise;
  }
  const fate = link.fate();
  const way = link.latencyMs();
  if (fate === 'lost') lose(way + link.latencyMs());
  else if (fate === 'done later') {
    lose(way);
    link.atServer(way + 50 * link.latencyMs(), () => run(noAnswer, noAnswer));
  } else {
    const arrive = () => {
      const stalled = link.stalledMs();
      if (stalled > 0) return link.atServer(stalled, arrive);
      run(
        (rows) => {
          if (fate === 'done, not answered') lose(link.latencyMs());
          else link.clock.after(link.latencyMs(), () => resolve(rows));
        },
        (error) => link.clock.after(link.latencyMs(), () => reject(new DatabaseError(error))),
      );
    };
    link.atServer(way, arrive);
  }
  return promise;
}

function noAnswer(): void {
  // Its connection is gone.
}
