import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The whole system as a process of its own. For tests. */
export interface SystemProcess {
  url: string;
  child: ChildProcess;
  /** As a power cut would, for the process alone. */
  kill9(): Promise<void>;
  stop(): Promise<number>;
}

/** Starts the system on a free port. @throws with what it said, when it ends instead of starting */
export async function startProcess(env: Record<string, string>): Promise<SystemProcess> {
  const { child, said, exited } = spawnMain({ PORT: '0', ADMIN_PORT: '0', ...env });
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      child.stdout!.on('data', () => {
        const match = /running at (\S+)/.exec(said());
        if (match) resolve(match[1]!);
      });
    }),
    exited.then((code) => {
      throw new Error(`ended with ${code}: ${said()}`);
    }),
  ]);
  return {
    url,
    child,
    async kill9() {
      child.kill('SIGKILL');
      await exited;
    },
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Runs the system until it ends by itself. */
export async function runToEnd(env: Record<string, string>): Promise<{ code: number; output: string }> {
  const { said, exited } = spawnMain(env);
  const code = await exited;
  return { code, output: said() };
}

export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'syncline-data-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function spawnMain(env: Record<string, string>) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [MAIN], { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => (output += chunk));
  }
  const exited = once(child, 'exit').then(([code]) => (code as number | null) ?? -1);
  return { child, said: () => output, exited };
}
