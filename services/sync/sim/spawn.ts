import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The folder `services` that seeds are run in, unless another is named: one with a planted bug. */
const SERVICES = fileURLToPath(new URL('../../', import.meta.url));

/** Runs `run.ts` as a process of its own: its time and chance are the process's. */
export function runSeeds(args: string[], services = SERVICES): Promise<{ passed: boolean; output: string }> {
  const child = spawn(process.execPath, [`${services}/sync/sim/run.ts`, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ passed: code === 0, output }));
  });
}

/** Runs seeds on all cores. @returns what was said about those that failed */
export async function sweep(from: number, count: number): Promise<string[]> {
  const processes = availableParallelism();
  const share = Math.ceil(count / processes);
  const runs = await Promise.all(
    Array.from({ length: processes }, (_, index) =>
      runSeeds(['--from', String(from + index * share), '--seeds', String(Math.min(share, count - index * share))]),
    ),
  );
  return runs.filter(({ passed }) => !passed).map(({ output }) => output);
}
