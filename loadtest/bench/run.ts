import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Servers } from '../servers.ts';
import type { Measurement, Task, WorkloadName } from './swarm/workload.ts';
import { type TargetName, TARGETS } from './targets.ts';

/** One line of the plan: a workload against a target, under a name for the report. */
export interface Run {
  workload: WorkloadName;
  target: TargetName;
  flushDelayMs: number;
}

const SWARM = fileURLToPath(new URL('./swarm/main.ts', import.meta.url));
const DEADLINE_MS = 180_000;

/** Starts the target afresh, drives the workload from a process of its own, and ends both. */
export async function runOnce(run: Run, servers: Servers, options: { quick: boolean; nodeArgs?: string[] }) {
  const target = await TARGETS[run.target](servers, options.nodeArgs);
  try {
    const { urls, keeps, pids, databaseUrl } = target;
    return await drive({
      workload: run.workload,
      target: run.target,
      databaseUrl,
      flushDelayMs: run.flushDelayMs,
      quick: options.quick,
      urls,
      keeps,
      pids: { pods: pids, postgres: servers.postgresPid },
    });
  } finally {
    await target.stop();
  }
}

function drive(task: Task): Promise<Measurement> {
  return new Promise((resolve) => {
    const swarm = fork(SWARM, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' });
    const fail = (problem: string) => resolve({ numbers: {}, problems: [problem] });
    const endWithUs = () => swarm.kill('SIGKILL');
    const deadline = setTimeout(() => {
      fail(`not done within ${DEADLINE_MS / 1000} s`);
      swarm.kill('SIGKILL');
    }, DEADLINE_MS);
    process.once('exit', endWithUs);
    swarm.once('message', (measurement: Measurement) => resolve(measurement));
    swarm.once('exit', () => {
      clearTimeout(deadline);
      process.off('exit', endWithUs);
      fail('the swarm ended early');
    });
    swarm.send(task);
  });
}
