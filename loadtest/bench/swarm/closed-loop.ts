import { readCpu } from '../cpu.ts';
import { quantile } from '../statistics.ts';
import { Pair } from './pair.ts';
import { pause } from './wait.ts';
import { allSynced, finish, newName, type Workload } from './workload.ts';

const PAIRS = 32;
const WARM_UP_MS = 2_000;
const FOR_MS = 10_000;

/**
 * As many edits as the machine takes: each of 64 clients types its next one when the last is acknowledged. How many
 * cores servers and clients used meanwhile says whether they were the limit.
 */
export const closedLoop: Workload = async (task) => {
  const pairs = Array.from({ length: task.quick ? 8 : PAIRS }, () => new Pair(task.urls, newName(), task.flushDelayMs));
  await allSynced(pairs);
  const acks: number[] = [];
  let typing = true;
  for (const pair of pairs)
    for (const writer of [0, 1] as const) {
      pair.clients[writer].onAck = (ms) => {
        acks.push(ms);
        if (typing) pair.edit(writer);
      };
      pair.edit(writer);
    }
  await pause(WARM_UP_MS);
  acks.length = 0;
  const [began, servers, clients] = [performance.now(), readCpu(task.pids), process.cpuUsage()];
  await pause(task.quick ? 2_000 : FOR_MS);
  const [ms, after, own] = [performance.now() - began, readCpu(task.pids), process.cpuUsage(clients)];
  const measured = [...acks];
  typing = false;
  return finish(task, pairs, {
    acksPerSecond: (measured.length * 1_000) / ms,
    ackP50: quantile(measured, 0.5),
    ackP99: quantile(measured, 0.99),
    podCores: (after.pods - servers.pods) / ms,
    postgresCores: (after.postgres - servers.postgres) / ms,
    clientCores: (own.user + own.system) / 1_000 / ms,
  });
};
