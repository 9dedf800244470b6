import { quantile } from '../statistics.ts';
import { Pair } from './pair.ts';
import { allSynced, finish, newName, type Workload } from './workload.ts';

const WARM_UP = 200;

/** Two people answer each other on two pods: one edit at a time, so that nothing but the path is measured. */
export const pingPong: Workload = async (task) => {
  const pair = new Pair(task.urls, newName(), task.flushDelayMs);
  await allSynced([pair]);
  const seen: number[] = [];
  const acks: number[] = [];
  for (const client of pair.clients) client.onAck = (ms) => acks.push(ms);
  const rounds = task.quick ? 500 : 3_000;
  for (let round = -WARM_UP; round < rounds; round++) {
    if (round === 0) seen.length = acks.length = 0;
    await new Promise<void>((resolve) => {
      pair.onSeen = (ms) => {
        seen.push(ms);
        resolve();
      };
      pair.edit(round & 1 ? 1 : 0);
    });
  }
  return finish(task, [pair], {
    p50: quantile(seen, 0.5),
    p99: quantile(seen, 0.99),
    ackP50: quantile(acks, 0.5),
    ackP99: quantile(acks, 0.99),
  });
};
