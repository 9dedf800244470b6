// Two people in each document, each on a pod of their own, type in turn: how long until the other sees it, and until it
// is saved? Both sit in one virtual user, because one clock must time both.
//   -e POD_A=ws://…/sync/  -e POD_B=ws://…/sync/  [-e VUS=10] [-e SECONDS=20] [-e EVERY_MS=200]
import { Counter, Rate, Trend } from 'k6/metrics';
import * as Y from 'yjs';
import { type Client, connect } from './client.ts';

const pods = [__ENV['POD_A']!, __ENV['POD_B']!] as const;
const vus = Number(__ENV['VUS'] ?? 10);
const seconds = Number(__ENV['SECONDS'] ?? 20);
const everyMs = Number(__ENV['EVERY_MS'] ?? 200);

const CONNECT_MS = 10_000;
const SETTLE_MS = 10_000;
/** Of the edits that the pace allows; a threshold on a metric without samples passes, so each has such a floor. */
const expected = Math.floor(vus * ((seconds * 1000) / everyMs) * 0.8);

const latency = new Trend('edit_latency_ms', true);
const ack = new Trend('ack_ms', true);
const synced = new Trend('connect_to_synced_ms', true);
const lost = new Rate('updates_lost');
const converged = new Rate('documents_converged');
const typed = new Counter('edits_typed');
const seen = new Counter('edits_seen');
const acknowledged = new Counter('edits_acknowledged');
const checked = new Counter('documents_checked');

export const options = {
  scenarios: {
    pairs: {
      executor: 'per-vu-iterations',
      vus,
      iterations: 1,
      maxDuration: `${seconds + (CONNECT_MS + SETTLE_MS) / 1000 + 10}s`,
    },
  },
  summaryTrendStats: ['min', 'med', 'p(95)', 'p(99)', 'max'],
  thresholds: {
    edit_latency_ms: ['p(95)<200'],
    ack_ms: ['p(95)<200'],
    connect_to_synced_ms: ['p(95)<2000'],
    updates_lost: ['rate==0'],
    documents_converged: ['rate==1'],
    documents_checked: [`count==${vus}`],
    edits_typed: [`count>=${expected}`],
    edits_seen: [`count>=${expected}`],
    edits_acknowledged: [`count>=${expected}`],
  },
};

export default async function pair(): Promise<void> {
  const name = `plan:load-${Date.now().toString(36)}-${__VU}`;
  const connects: number[] = [];
  const clients = pods.map((pod) => connect(pod, name, (ms) => connects.push(ms))) as [Client, Client];
  const sides = [watch(clients[0], clients[1]), watch(clients[1], clients[0])] as const;
  await within(CONNECT_MS, () => connects.length >= 2);

  const edits = (seconds * 1000) / everyMs;
  for (let n = 0; n < edits; n++) {
    sides[n % 2]!.type();
    await pause(everyMs);
  }
  await within(SETTLE_MS, () => sides.every((side) => side.settled));

  const equal = Y.equalSnapshots(Y.snapshot(clients[0].doc), Y.snapshot(clients[1].doc));
  converged.add(equal);
  checked.add(1);
  for (const side of sides) side.report(equal);
  // Numbers of documents that differ would be numbers of something else.
  if (equal) for (const ms of connects) synced.add(ms);
  for (const { provider } of clients) provider.destroy();
}

/** Times what one types: until the other's document has it, and until the server has acknowledged it. */
function watch(writer: Client, reader: Client) {
  const text = writer.doc.getText('load');
  const unseen: { clock: number; since: number }[] = [];
  const unsaved: number[] = [];
  const latencies: number[] = [];
  const acks: number[] = [];
  let count = 0;

  reader.doc.on('update', () => {
    const clock = Y.getState(reader.doc.store, writer.doc.clientID);
    while (unseen.length && unseen[0]!.clock <= clock) latencies.push(Date.now() - unseen.shift()!.since);
  });
  writer.provider.on('unsyncedChanges', ({ number }: { number: number }) => {
    while (unsaved.length > number) acks.push(Date.now() - unsaved.shift()!);
  });

  return {
    type() {
      const since = Date.now();
      unsaved.push(since);
      text.insert(text.length, 'x');
      unseen.push({ clock: Y.getState(writer.doc.store, writer.doc.clientID), since });
      count += 1;
    },
    get settled() {
      return !unseen.length && !unsaved.length;
    },
    report(equal: boolean) {
      typed.add(count);
      for (let n = 0; n < count; n++) lost.add(n < unseen.length || (!equal && n === 0));
      if (!equal) return;
      seen.add(latencies.length);
      acknowledged.add(acks.length);
      for (const ms of latencies) latency.add(ms);
      for (const ms of acks) ack.add(ms);
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function within(deadlineMs: number, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!condition() && Date.now() < deadline) await pause(20);
}
