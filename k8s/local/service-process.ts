import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../.ci/server.ts';

/** The present tree. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_MS = 120_000;
/** Characters of a log that are kept: all of what a test takes, and no end of a day's. */
const MAX_LOG = 4_000_000;

/** One of our services as a process of its own, which can be killed and brought back at the same address. */
export interface ServiceProcess {
  url: string;
  adminUrl: string;
  /** Of the process that was started last. */
  readonly pid: number;
  /** What it has logged, newest last. */
  log(): string;
  /** @param root of the tree whose code it runs from now on; unless told otherwise, the one that it ran before */
  start(root?: string): Promise<void>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
  /** In good order. @returns the exit code */
  stop(): Promise<number | null>;
}

/** @param name the folder below `services/` @param root of the tree whose code it runs */
export async function startService(name: string, env: Record<string, string>, root = ROOT): Promise<ServiceProcess> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const [url, adminUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${adminPort}`];
  const { PATH = '' } = process.env;
  let child: ChildProcess;
  let log = '';
  let runs = root;

  const start = async (from = runs) => {
    runs = from;
    const started = spawn(process.execPath, [`services/${name}/src/main.ts`], {
      cwd: runs,
      env: { PATH, PORT: String(port), ADMIN_PORT: String(adminPort), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => (log = (log + chunk).slice(-MAX_LOG)));
    }
    const endWithUs = () => started.kill('SIGKILL');
    process.once('exit', endWithUs);
    started.once('exit', () => process.off('exit', endWithUs));
    await ready();
  };

  const ready = async () => {
    for (const deadline = performance.now() + READY_MS; ; await pause(30)) {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${log}`);
      if (performance.now() > deadline) throw new Error(`${name} was not ready within ${READY_MS} ms:\n${log}`);
      const answer = await fetch(`${url}/readyz`).catch(() => null);
      if (answer?.ok) return;
    }
  };

  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    await once(child, 'exit');
    return child.exitCode;
  };

  await start();
  return {
    url,
    adminUrl,
    get pid() {
      return child.pid!;
    },
    log: () => log,
    start,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}
