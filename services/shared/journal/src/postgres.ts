import { Socket } from 'node:net';
import { type CustomTypesConfig, Pool, type PoolClient, types } from 'pg';
import { type Database, DatabaseError } from './database.ts';

const INT8 = 20;
/** A process that is frozen in the middle of a transaction must not keep its locks: others wait for them. */
const FROZEN_OWNER = '-c idle_in_transaction_session_timeout=3000';
/** What a server says at the end of a statement's time gets this long to arrive. */
const ANSWER_MS = 2_000;
/**
 * How long a machine may take to take a connection, before it is asked anew, and how often it is. After a failover the
 * address may still be that of a machine that has gone, which answers nothing: who waits for it keeps others waiting when
 * another one is there. A lost packet is so sent again sooner than TCP does.
 */
const CONNECT_MS = 500;
const CONNECT_TRIES = 3;

/**
 * Postgres behind {@link Database}. Unless told otherwise, connections commit synchronously, whatever the server's
 * default is: an acknowledgement rests on it (J3). The binary protocol stays off: with it `pg` corrupts bytea.
 */
export function createPostgres(options: {
  url: string;
  /** Connections at most. */
  connections?: number;
  /**
   * How long one statement may take, lock waits included, before it fails: the server ends it, and a server that says
   * nothing at all, frozen or cut off, is given up a little later. Default 10 s.
   */
  statementTimeoutMs?: number;
  /** false for what can be made anew and must not wait for the disk. Default true (J3). */
  synchronousCommit?: boolean;
  onError: (error: Error) => void;
}): Database {
  const { statementTimeoutMs = 10_000 } = options;
  const pool = new Pool({
    connectionString: options.url,
    max: options.connections ?? 8,
    connectionTimeoutMillis: 5_000,
    options: `-c synchronous_commit=${options.synchronousCommit === false ? 'off' : 'on'} -c statement_timeout=${statementTimeoutMs} ${FROZEN_OWNER}`,
    query_timeout: statementTimeoutMs + ANSWER_MS,
    stream: connectingSoon,
    application_name: 'syncline',
    types: {
      getTypeParser(oid: number, format?: 'text' | 'binary') {
        if (oid === INT8) return Number;
        return types.getTypeParser(oid, format as 'text');
      },
    } as CustomTypesConfig,
  });
  pool.on('error', options.onError);
  // Also while a connection is in use: whoever uses it hears of its loss from its query.
  pool.on('connect', (client) => client.on('error', options.onError));

  async function connect(): Promise<PoolClient> {
    for (let tries = 1; ; tries++) {
      try {
        return await pool.connect();
      } catch (error) {
        if (!(error instanceof NoAnswer) || tries === CONNECT_TRIES) throw new DatabaseError(error);
      }
    }
  }

  /** A connection whose work failed is not used again: nobody knows in what state it is. */
  async function onOneConnection<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  return {
    query: (sql, params) => onOneConnection((client) => query(client, sql, params)),
    transaction: (work) =>
      onOneConnection(async (client) => {
        await query(client, 'BEGIN');
        const result = await work({ query: (sql, params) => query(client, sql, params) });
        await query(client, 'COMMIT');
        return result;
      }),
    script: (sql) =>
      onOneConnection(async (client) => {
        await client.query(`BEGIN;\n${sql}\n;COMMIT;`).catch((error: unknown) => {
          throw new DatabaseError(error);
        });
      }),
    close: () => pool.end(),
  };
}

class NoAnswer extends Error {
  override message = `no connection within ${CONNECT_MS} ms`;
}

/** A socket that gives up when it is not connected soon; what comes after that, TLS and the login, may take longer. */
function connectingSoon(): Socket {
  const socket = new Socket();
  // After what has come meanwhile: a process that was busy has not been kept waiting by the machine.
  const giveUp = () => socket.connecting && socket.destroy(new NoAnswer());
  const timer = setTimeout(() => setImmediate(giveUp), CONNECT_MS);
  return socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}

async function query<T>(on: PoolClient, sql: string, params: unknown[] = []): Promise<T[]> {
  try {
    // A named statement is parsed and planned once per connection.
    return (await on.query({ name: statementName(sql), text: sql, values: params })).rows as T[];
  } catch (error) {
    throw new DatabaseError(error);
  }
}

const names = new Map<string, string>();

function statementName(sql: string): string {
  let name = names.get(sql);
  if (!name) names.set(sql, (name = `syncline_${names.size}`));
  return name;
}
