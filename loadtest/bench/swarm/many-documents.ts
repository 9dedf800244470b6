import { quantile } from '../statistics.ts';
import { Pair } from './pair.ts';
import { pause } from './wait.ts';
import { allSynced, costOfEdits, finish, newName, type Workload } from './workload.ts';

const DOCUMENTS = 500;
/** Each of a document's two writers types twice a second. */
const EDIT_EVERY_MS = 500;
/** Opens under way at once; a server's queue for new connections holds 511, and a full one costs whole seconds. */
const OPENING = 100;
const WARM_UP_MS = 2_000;

/** Five hundred documents, each written on both pods: the day's ordinary work. */
export const manyDocuments: Workload = async (task) => {
  const began = performance.now();
  const { pairs, connectMs } = await open(
    task.quick ? 50 : DOCUMENTS,
    () => new Pair(task.urls, newName(), task.flushDelayMs),
  );
  const connectedMs = performance.now() - began;
  await type(pairs, task.quick ? 1_000 : WARM_UP_MS);

  const seen: number[] = [];
  const acks: number[] = [];
  for (const pair of pairs) {
    pair.onSeen = (ms) => seen.push(ms);
    for (const client of pair.clients) client.onAck = (ms) => acks.push(ms);
  }
  const cost = await costOfEdits(task, pairs, () => type(pairs, task.quick ? 3_000 : 9_000));
  return finish(task, pairs, {
    ...cost,
    p50: quantile(seen, 0.5),
    p99: quantile(seen, 0.99),
    ackP50: quantile(acks, 0.5),
    ackP99: quantile(acks, 0.99),
    connectMs: connectedMs,
    connectMaxMs: quantile(connectMs, 1),
  });
};

/** Opens as many pairs, some at a time. */
async function open(count: number, create: () => Pair) {
  const pairs: Pair[] = [];
  const connectMs: number[] = [];
  const next = async () => {
    while (pairs.length < count) {
      const pair = create();
      pairs.push(pair);
      connectMs.push(...(await allSynced([pair])));
    }
  };
  await Promise.all(Array.from({ length: OPENING / 2 }, next));
  return { pairs, connectMs };
}

/** Everybody types at an even pace, each at a moment of its own. */
async function type(pairs: Pair[], forMs: number): Promise<void> {
  const writers = pairs.length * 2;
  const began = performance.now();
  let typed = 0;
  for (let now = began; now < began + forMs; now = performance.now()) {
    const due = ((now - began) / EDIT_EVERY_MS) * writers;
    for (; typed < due; typed++) {
      const writer = typed % writers;
      pairs[writer >> 1]!.edit(writer & 1 ? 1 : 0);
    }
    await pause(1);
  }
}
