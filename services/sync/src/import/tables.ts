import { DatabaseSync } from 'node:sqlite';
import { createPostgres, type Database, DatabaseError } from '@syncline/journal';
import { StartError } from '@syncline/runtime';
import type { Listed, Table } from './source.ts';

/** Which table, and which of its columns. */
export interface Columns {
  table: string;
  name: string;
  data: string;
}

/** Counting a large table, and reading bytes of it, takes as long as it takes. */
const STATEMENT_MS = 10 * 60_000;

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/;

/**
 * Opens the table at a `postgres://` address or in a `sqlite:` file; nothing is ever written there.
 * @throws StartError naming the option that is wrong
 */
export async function openTable(from: string, columns: Columns): Promise<Table> {
  const table = quoted('--table', columns.table.split('.'));
  const [name, data] = [quoted('--name-column', [columns.name]), quoted('--data-column', [columns.data])];
  if (from.startsWith('sqlite:')) return sqliteTable(from.slice('sqlite:'.length), { table, name, data });
  if (!/^postgres(ql)?:/.test(from) || !URL.canParse(from))
    throw new StartError('--from: must be postgres://…, or sqlite:<file>');
  return postgresTable(from, { table, name, data });
}

/** @throws StartError */
function quoted(option: string, parts: string[]): string {
  const most = option === '--table' ? 2 : 1;
  if (parts.length > most || !parts.every((part) => IDENTIFIER.test(part)))
    throw new StartError(
      `${option}: must be letters, digits, "_" and "$"${most === 2 ? ', perhaps with a schema and a dot before it' : ''}`,
    );
  return parts.map((part) => `"${part}"`).join('.');
}

async function postgresTable(from: string, { table, name, data }: Columns): Promise<Table> {
  const { host, pathname } = new URL(from);
  const where = `table ${table} of ${host}${pathname}`;
  const db = createPostgres({ url: from, connections: 1, statementTimeoutMs: STATEMENT_MS, onError: () => {} });
  const listing = (narrowed: string) =>
    `SELECT t.${name}::text AS name, count(*) AS rows, max(octet_length(t.${data})) AS size FROM ${table} t
     WHERE ${narrowed} GROUP BY t.${name} ORDER BY t.${name} LIMIT $1`;
  await requireBytes(db, { table, name, data });
  return {
    where,
    async count() {
      const [found] = await db.query<{ names: number; unnamed: number }>(
        `SELECT count(DISTINCT t.${name}) AS names, count(*) - count(t.${name}) AS unnamed FROM ${table} t`,
      );
      return found!;
    },
    list: (after, limit) =>
      after === null
        ? db.query<Listed>(listing(`t.${name} IS NOT NULL`), [limit])
        : db.query<Listed>(listing(`t.${name} > $2`), [limit, after]),
    async read(names) {
      const rows = await db.query<{ name: string; data: Uint8Array }>(
        `SELECT t.${name}::text AS name, t.${data} AS data FROM ${table} t WHERE t.${name} = ANY($1)`,
        [names],
      );
      return new Map(rows.map(({ name, data }) => [name, data]));
    },
    close: () => db.close(),
  };
}

async function requireBytes(db: Database, { table, name, data }: Columns): Promise<void> {
  try {
    // Of no row: it says whether table and columns are there, and of which type.
    await db.query(`SELECT t.${name}::text, get_byte(t.${data}, 0) FROM ${table} t LIMIT 0`);
  } catch (error) {
    await db.close();
    if (!(error instanceof DatabaseError)) throw error;
    if (error.away || error.wrongLogin) throw new StartError(`--from: ${error.message}`);
    throw new StartError(`--table, --name-column, --data-column: a name and bytea are needed: ${error.message}`);
  }
}

function sqliteTable(path: string, { table, name, data }: Columns): Table {
  const db = openSqlite(path);
  const prepare = (sql: string) => {
    try {
      return db.prepare(sql);
    } catch (error) {
      throw new StartError(`--table, --name-column, --data-column: ${(error as Error).message}`);
    }
  };
  const listing = (narrowed: string) =>
    prepare(`SELECT ${name} AS name, count(*) AS rows, max(length(CAST(${data} AS BLOB))) AS size FROM ${table}
      WHERE ${narrowed} GROUP BY ${name} ORDER BY ${name} LIMIT ?`);
  const [counting, first, next] = [
    prepare(`SELECT count(DISTINCT ${name}) AS names, count(*) - count(${name}) AS unnamed FROM ${table}`),
    listing(`${name} IS NOT NULL`),
    listing(`${name} > ?`),
  ];
  const reading = prepare(`SELECT CAST(${data} AS BLOB) AS data FROM ${table} WHERE ${name} = ?`);
  return {
    where: `table ${table} of ${path}`,
    count: async () => counting.get() as { names: number; unnamed: number },
    list: async (after, limit) => (after === null ? first.all(limit) : next.all(after, limit)) as unknown as Listed[],
    async read(names) {
      const rows = names.map((each) => [each, reading.get(each)?.['data']] as const);
      return new Map(rows.flatMap(([each, bytes]) => (bytes instanceof Uint8Array ? [[each, bytes]] : [])));
    },
    close: async () => db.close(),
  };
}

function openSqlite(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly: true });
  } catch (error) {
    throw new StartError(`--from: ${path}: ${(error as Error).message}`);
  }
}
