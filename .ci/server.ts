import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A server that the tests started, and may take away and bring back on the same port with the same data. */
export interface TestServer {
  url: string;
  /** Its first process, since it was last started. */
  readonly pid: number;
  /** Ends it for good and removes its folder. */
  stop(): Promise<void>;
  /** Whether its first process lives. */
  readonly running: boolean;
  /** Ends it as `kill -9` of all its processes does. */
  kill(): Promise<void>;
  /** Brings it back after {@link kill}. */
  start(): Promise<void>;
  /** Freezes all its processes, a moment later: connections stay open, and nothing is answered. */
  pause(): void;
  /** Ends {@link pause}. */
  resume(): void;
  /** What it keeps its data in. */
  readonly data: string;
}

interface ServerDescription {
  /** For messages. */
  name: string;
  command: string;
  args: string[];
  /** The first words of the log line after which it takes connections. */
  readyLine: string;
  stopSignal: NodeJS.Signals;
  url: string;
  place: Place;
  /** Where it keeps its data; its folder, unless told otherwise. */
  data?: string;
}

/** A temporary folder, and the user that a server there runs as; none when this process is unprivileged already. */
export interface Place {
  folder: string;
  user: { uid: number; gid: number } | undefined;
}

/** Makes a {@link Place}. Servers never run as root: started by root, they become `postgres` or `nobody`. */
export async function makePlace(name: string): Promise<Place> {
  const user = await unprivilegedUser();
  const folder = await mkdtemp(join(tmpdir(), `syncline-${name}-`));
  if (user) await chown(folder, user.uid, user.gid);
  return { folder, user };
}

/** Starts a server process and waits until it takes connections. */
export async function startServer(description: ServerDescription): Promise<TestServer> {
  const { command, args, place, stopSignal } = description;
  let server: ChildProcess;
  let exited: Promise<void>;
  let frozen: number[] = [];
  const start = async () => {
    frozen = [];
    const child = spawn(command, args, { ...place.user, cwd: place.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const endWithUs = () => child.kill('SIGKILL');
    process.once('exit', endWithUs);
    server = child;
    exited = new Promise((resolve) => {
      child.once('exit', () => {
        process.off('exit', endWithUs);
        resolve();
      });
      child.once('error', () => resolve());
    });
    await ready(description, child, exited);
  };
  const running = () => server.exitCode === null && server.signalCode === null;
  const pause = () => {
    // First the one that could start others.
    server.kill('SIGSTOP');
    frozen = childrenOf(server.pid!);
    for (const pid of frozen) signal(pid, 'SIGSTOP');
  };
  const resume = () => {
    for (const pid of frozen.splice(0)) signal(pid, 'SIGCONT');
    server.kill('SIGCONT');
  };
  await start();
  return {
    url: description.url,
    get pid() {
      return server.pid!;
    },
    start,
    get running() {
      return running();
    },
    kill() {
      if (running()) pause();
      for (const pid of frozen.splice(0)) signal(pid, 'SIGKILL');
      server.kill('SIGKILL');
      return exited;
    },
    pause,
    resume,
    data: description.data ?? place.folder,
    async stop() {
      resume();
      server.kill(stopSignal);
      await exited;
      await rm(place.folder, { recursive: true, force: true });
    },
  };
}

/** Postgres's processes each lead a group of their own, so a signal to a group would reach only the first. */
function childrenOf(pid: number): number[] {
  const table = execFileSync(findProgram(['ps'], 'procps'), ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return table.split('\n').flatMap((line) => {
    const [child, parent] = line.trim().split(/\s+/).map(Number);
    return parent === pid ? [child!] : [];
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It has ended meanwhile by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * A port of 127.0.0.1 that nobody listens on. Below those from which systems take the near ends of connections, else one
 * of these may have it before the server that it is for.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      return port;
    }
  }
}

const given = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/**
 * The machine's program of one of these names; else, for root or in CI, the one that Debian's package brings.
 * @throws Error with one sentence that says what to install
 */
export function findProgram(names: string[], debianPackage: string): string {
  const found = () => names.flatMap((name) => programFolders().map((folder) => join(folder, name))).find(existsSync);
  const there = found();
  if (there) return there;
  if (mayInstall()) {
    process.stderr.write(`Installing ${debianPackage} for the tests …\n`);
    try {
      install(debianPackage);
    } catch {
      // What went wrong stands above, in apt's own words; the sentence below says what to do.
    }
  }
  const installed = found();
  if (installed) return installed;
  throw new Error(
    `There is no ${names.join(' or ')} to test with: install it (Debian: apt-get install ${debianPackage}; macOS: ` +
      `brew install ${names[0]!}).`,
  );
}

/** Servers lie in folders that an ordinary user's PATH may lack. */
function programFolders(): string[] {
  const { PATH = '' } = process.env;
  return [...PATH.split(delimiter), '/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
}

function mayInstall(): boolean {
  return existsSync('/usr/bin/apt-get') && (process.getuid?.() === 0 || Boolean(process.env['CI']));
}

/** The package's own service is not started: a policy-rc.d that says no stands while it installs. */
function install(debianPackage: string): void {
  const policy = '/usr/sbin/policy-rc.d';
  const steps = [
    'export DEBIAN_FRONTEND=noninteractive',
    `if [ ! -e ${policy} ]; then printf '#!/bin/sh\\nexit 101\\n' >${policy}; chmod +x ${policy}; trap 'rm ${policy}' EXIT; fi`,
    'apt-get update -qq',
    `apt-get install -qqy --no-install-recommends -o DPkg::Lock::Timeout=120 ${debianPackage}`,
  ].join('\n');
  const root = process.getuid?.() === 0;
  execFileSync(root ? 'sh' : 'sudo', [...(root ? [] : ['-n', 'sh']), '-ec', steps], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function unprivilegedUser(): Promise<Place['user']> {
  if (process.getuid?.() !== 0) return undefined;
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = ['postgres', 'nobody'].map((name) => entries.find(([user]) => user === name)).find(Boolean);
  if (!entry) throw new Error('Test servers do not run as root, and there is no user postgres or nobody to run as.');
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

async function ready({ name, readyLine }: ServerDescription, child: ChildProcess, exited: Promise<void>) {
  let log = '';
  await Promise.race([
    new Promise<void>((resolve) => {
      const read = (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-4000);
        if (log.includes(readyLine)) resolve();
      };
      // Read to the end: a pipe that nobody empties stops its writer.
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
    }),
    exited.then(() => {
      throw new Error(`${name} did not start:\n${log}`);
    }),
  ]);
}
