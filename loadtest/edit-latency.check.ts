// `node loadtest/edit-latency.check.ts`: proves that the scenario can fail. It must be green against two sound pods, and
// red when a pod dies half-way and when edits are lost on their way to a client.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Servers, startServers } from './servers.ts';
import { type Target, TARGETS } from './bench/targets.ts';
import { startDroppingProxy } from './dropping-proxy.ts';
import { runK6 } from './k6.ts';
import { ROOT } from './processes.ts';

const SECONDS = 6;
/** Connecting and settling included. */
const DEADLINE_MS = 60_000;
/** A busy machine may miss the latency goal once; it cannot lose an edit by being busy. */
const GREEN_TRIES = 3;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const failures: string[] = [];
const servers = await startServers();
try {
  await green(servers);
  await podKilled(servers);
  await updatesDropped(servers);
} finally {
  await servers.stop();
}
process.stdout.write(failures.length ? `${failures.join('\n')}\n` : 'edit-latency is green when it may be, else red\n');
process.exitCode = failures.length ? 1 : 0;

async function green(servers: Servers): Promise<void> {
  for (let attempt = 1; attempt <= GREEN_TRIES; attempt++) {
    const code = await withPods(servers, ({ urls }) => run(urls));
    const { lost, typed } = summary();
    tell(`sound pods: exit ${code}, ${typed} edits, ${lost} lost`);
    if (lost) break;
    if (code === 0) return;
  }
  failures.push('It is red against sound pods.');
}

async function podKilled(servers: Servers): Promise<void> {
  const code = await withPods(servers, ({ urls, pids }) => {
    setTimeout(() => process.kill(pids[1]!, 'SIGKILL'), 2_000 + (SECONDS * 1000) / 2);
    return run(urls);
  });
  expectRed('a pod killed half-way', code);
}

async function updatesDropped(servers: Servers): Promise<void> {
  const code = await withPods(servers, async ({ urls }) => {
    const proxy = await startDroppingProxy(urls[1], 20);
    try {
      return await run([urls[0], `ws://127.0.0.1:${proxy.port}/sync/`]);
    } finally {
      tell(`dropped ${proxy.dropped} updates on purpose`);
      proxy.close();
    }
  });
  expectRed('updates dropped on their way', code);
}

/** Red for the right reason: a scenario that fails because it cannot run proves nothing. */
function expectRed(what: string, code: number): void {
  const { lost, typed, unequal } = summary();
  tell(`${what}: exit ${code}, ${typed} edits, ${lost} lost, ${unequal} documents differ`);
  if (code === 0) failures.push(`It is green with ${what}.`);
  else if (!typed || !(lost || unequal)) failures.push(`With ${what} it is red, but not because edits were lost.`);
}

async function withPods(servers: Servers, work: (pods: Target) => Promise<number>): Promise<number> {
  const pods = await TARGETS.syncline(servers);
  try {
    return await work(pods);
  } finally {
    await pods.stop();
  }
}

function run([POD_A, POD_B]: readonly [string, string]): Promise<number> {
  const env = { POD_A, POD_B, VUS: '3', SECONDS: String(SECONDS), EVERY_MS: '100' };
  return runK6({ scenario: 'edit-latency', env, deadlineMs: DEADLINE_MS, quiet: true });
}

function summary() {
  const path = join(ROOT, 'loadtest', 'reports', 'edit-latency.json');
  const { metrics } = JSON.parse(readFileSync(path, 'utf8')) as {
    metrics: Record<string, { count?: number; passes?: number; fails?: number } | undefined>;
  };
  return {
    typed: metrics['edits_typed']?.count ?? 0,
    lost: metrics['updates_lost']?.passes ?? 0,
    unequal: metrics['documents_converged']?.fails ?? 0,
  };
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
