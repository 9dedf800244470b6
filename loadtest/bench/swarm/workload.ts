import { randomBytes } from 'node:crypto';
import { readCpu } from '../cpu.ts';
import type { TargetName } from '../targets.ts';
import type { Pair } from './pair.ts';
import { findProblems } from './verify.ts';

/** What a swarm process is told: one workload against one target. */
export interface Task {
  workload: WorkloadName;
  target: TargetName;
  /** Where the two pods keep documents; the name follows. A target of one process has the same twice. */
  urls: [string, string];
  /** Whether the target keeps documents for those who come later, and acknowledges edits. */
  keeps: boolean;
  /** The target's own; null where it keeps nothing. */
  databaseUrl: string | null;
  pids: { pods: number[]; postgres: number };
  flushDelayMs: number;
  quick: boolean;
}

export type WorkloadName =
  | 'ping-pong'
  | 'many-documents'
  | 'large-document'
  | 'journal-bytes'
  | 'long-journal'
  | 'closed-loop';

/** What a swarm process answers. Numbers count only when there are no problems. */
export interface Measurement {
  numbers: Record<string, number>;
  problems: string[];
}

export type Workload = (task: Task) => Promise<Measurement>;

/** How long clients may take to get their document. */
const CONNECT_MS = 90_000;

/** @throws when a client is not connected in time */
export async function allSynced(pairs: Pair[]): Promise<number[]> {
  const clients = pairs.flatMap((pair) => pair.clients);
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => {
      const ended = clients.flatMap((client) => client.ended ?? []);
      reject(new Error(`not all clients were connected in ${CONNECT_MS / 1000} s${ended[0] ? ` (${ended[0]})` : ''}`));
    }, CONNECT_MS).unref();
  });
  return Promise.race([Promise.all(clients.map((client) => client.synced)), late]);
}

export function newName(): string {
  return `plan:bench-${randomBytes(8).toString('hex')}`;
}

/** Runs `edit` for a while and says what an edit has cost the servers, in microseconds of CPU. */
export async function costOfEdits(task: Task, pairs: Pair[], edit: () => Promise<void>) {
  const count = () => pairs.reduce((sum, pair) => sum + pair.edits, 0);
  const before = { edits: count(), cpu: readCpu(task.pids), at: performance.now() };
  await edit();
  const [cpu, edits] = [readCpu(task.pids), count() - before.edits];
  return {
    cpuUs: ((cpu.pods - before.cpu.pods) * 1000) / edits,
    postgresUs: ((cpu.postgres - before.cpu.postgres) * 1000) / edits,
    editsPerSecond: (edits * 1000) / (performance.now() - before.at),
  };
}

export async function finish(task: Task, pairs: Pair[], numbers: Record<string, number>): Promise<Measurement> {
  const problems = await findProblems(pairs, task.urls, task.keeps);
  for (const pair of pairs) pair.close();
  return { numbers, problems };
}
