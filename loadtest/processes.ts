import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '../.ci/server.ts';

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A server process that answers on a port of its own. */
export interface ServerProcess {
  port: number;
  pid: number;
  /** Ends it in good order, or after a while by force. */
  stop(): Promise<void>;
  kill(): void;
  /** As `kill -SIGNAL` does. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves to its exit code once it has ended; null when a signal ended it. */
  exited: Promise<number | null>;
}

export interface ServerScript {
  /** Relative to the repository. */
  script: string;
  env: Record<string, string>;
  /** What answers 200 once it can take work. */
  readyPath: string;
  /** For Node, such as `--cpu-prof`. */
  nodeArgs?: string[];
}

const START_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 8_000;

/** Starts a Node server and waits until it answers; it ends with this process at the latest. */
export async function startNode({ script, env, readyPath, nodeArgs = [] }: ServerScript): Promise<ServerProcess> {
  const port = await freePort();
  const child = runNode([...nodeArgs, script], { ...env, PORT: String(port) });
  const { exited, log } = child;
  try {
    await ready(`http://127.0.0.1:${port}${readyPath}`, exited);
  } catch (error) {
    child.process.kill('SIGKILL');
    throw new Error(`${script} did not start: ${(error as Error).message}\n${log()}`, { cause: error });
  }
  return {
    port,
    pid: child.process.pid!,
    exited,
    kill: () => void child.process.kill('SIGKILL'),
    signal: (signal) => void child.process.kill(signal),
    async stop() {
      child.process.kill('SIGTERM');
      const force = setTimeout(() => child.process.kill('SIGKILL'), STOP_DEADLINE_MS);
      await exited;
      clearTimeout(force);
    },
  };
}

/** Runs a Node script to its end. */
export async function runToEnd(script: string, env: Record<string, string>, args: string[] = []): Promise<void> {
  const child = runNode([script, ...args], env);
  if ((await child.exited) !== 0) throw new Error(`${script} failed:\n${child.log()}`);
}

/** Those that must not outlive this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function runNode(args: string[], env: Record<string, string>) {
  const { PATH = '' } = process.env;
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let log = '';
  // Read to the end: a pipe that nobody empties stops its writer.
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4_000)));
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return { process: child, exited, log: () => log };
}

async function ready(url: string, exited: Promise<unknown>): Promise<void> {
  let ended = false;
  void exited.then(() => (ended = true));
  const deadline = performance.now() + START_DEADLINE_MS;
  while (!(await answers(url))) {
    if (ended) throw new Error('it ended');
    if (performance.now() > deadline) throw new Error(`not within ${START_DEADLINE_MS} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    async (response) => (await response.text(), response.ok),
    () => false,
  );
}
