import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@syncline/runtime/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { type Cluster, startCluster } from './cluster.ts';
import { Editor } from './editor.ts';
import type { ServiceProcess } from './service-process.ts';
import { openStored, type Stored } from './stored.ts';

const DOCUMENTS = 60;
const PER_DOCUMENT = 5;
const WRITE_EVERY_MS = 4_000;
const DRAIN_MS = 5_000;
/** As the pod has it: the drain, and what it takes to answer and commit what was taken. */
const STOP_DEADLINE_MS = DRAIN_MS + 15_000;
/** How often a pod is asked how many sockets it has closed. */
const ASK_EVERY_MS = 100;
/** What may be closed at once beyond the fair share of the time that passed: a pod on a busy machine stands still at times. */
const MAX_WAVE = 0.35;
/** Within this a client whose pod goes is on another one. */
const AWAY_MS = 5_000;
/** Longer than this nobody is seen who has gone. */
const GHOST_MS = 5_000;

let cluster: Cluster;
let stored: Stored;
beforeAll(async () => {
  cluster = await startCluster({ port: 0, pods: 3, podEnv: { DRAIN_MS: String(DRAIN_MS) } });
  stored = openStored(cluster.postgres.url);
});
afterAll(async () => {
  await stored.close();
  await cluster.stop();
});

it('[S1, S22, S27] three pods restarted in turn under 300 people: nothing lost, no wave, no ghosts, ends in time', async () => {
  const groups = Array.from({ length: DOCUMENTS }, (_, document) =>
    Array.from(
      { length: PER_DOCUMENT },
      (_, n) => new Editor(cluster.url, `plan:rolling-${document}`, `${document}-${n}`),
    ),
  );
  const editors = groups.flat();
  const leavers: Editor[] = [];
  try {
    await until(() => editors.every(({ provider }) => provider.isSynced), 100_000);
    for (const editor of editors) {
      editor.provider.setAwarenessField('user', { name: editor.label });
      void pause(Math.random() * WRITE_EVERY_MS).then(() => editor.keepWriting(WRITE_EVERY_MS));
    }
    await until(() => editors.every(({ written }) => written.length > 0));
    for (const [n, pod] of cluster.pods.entries()) {
      // One of each tenth document's people goes while the pod does.
      const going = groups.filter((_, document) => document % 10 === n);
      const leaving = going.map(async (group) => {
        const leaver = group.pop()!;
        leavers.push(leaver);
        leaver.pause();
        await pause(Math.random() * DRAIN_MS);
        await leave(leaver, group);
      });
      await Promise.all([restart(pod, groups.flat()), ...leaving]);
      await until(() => groups.flat().every(({ provider }) => provider.isSynced), 60_000);
    }
    // Nor has anybody come back since.
    expect(editors.filter((editor) => leavers.some((leaver) => editor.sees(leaver)))).toEqual([]);

    for (const editor of editors) editor.pause();
    await until(() => groups.flat().every(({ isSaved }) => isSaved), 60_000);
    for (const [document, group] of groups.entries()) {
      await until(() => group.every(({ doc }) => equal(doc, group[0]!.doc)), 20_000);
      const kept = (await stored.plan(`rolling-${document}`)).doc.getMap('metadata');
      const all = [...group, ...leavers.filter(({ label }) => label.startsWith(`${document}-`))];
      expect(all.flatMap(({ written }) => written.filter((key) => !kept.has(key)))).toEqual([]);
    }
  } finally {
    for (const editor of editors) editor.leave();
  }
}, 400_000);

/** Stops a pod and starts it again, and looks at how it goes and how its clients come back. */
async function restart(pod: ServiceProcess, editors: Editor[]): Promise<void> {
  const held = await metric(pod, 'syncline_connections');
  // As a cluster does: nobody new is sent to a pod that is about to be told to end.
  const { pods } = cluster.backends;
  cluster.backends.pods = pods.filter((url) => url !== pod.url);
  const began = performance.now();
  const closing = watchClosing(pod, held);
  const code = await pod.stop();
  const tookMs = performance.now() - began;
  expect({ code, inTime: tookMs < STOP_DEADLINE_MS }).toEqual({ code: 0, inTime: true });
  expect(largestWave(await closing, held), 'the largest share of sockets that were closed at once').toBeLessThan(
    MAX_WAVE,
  );
  await until(() => editors.every(({ closed, opened }) => (closed.at(-1)?.at ?? 0) <= (opened.at(-1) ?? 0)), 60_000);

  const codes = editors.flatMap(({ closed }) => closed.filter(({ at }) => at > began).map((closing) => closing.code));
  expect(new Set(codes)).toEqual(new Set([1012]));
  expect(longestAway(editors, began), 'ms from a client’s close to its next opening').toBeLessThan(AWAY_MS);
  const back = editors.flatMap(({ opened }) => opened.filter((at) => at > began));
  expect(Math.max(...back) - Math.min(...back), 'ms from the first who is back to the last').toBeGreaterThan(
    DRAIN_MS / 2,
  );
  await pod.start();
  cluster.backends.pods = pods;
}

/** How long it took a client to be somewhere again, in the worst case. */
function longestAway(editors: Editor[], since: number): number {
  const away = editors.flatMap(({ closed, opened }) =>
    closed
      .filter(({ at }) => at > since)
      .map((closing) => (opened.find((at) => at > closing.at) ?? Infinity) - closing.at),
  );
  return Math.max(...away);
}

/** How many sockets a pod had closed at some moment between two. */
interface Count {
  asked: number;
  answered: number;
  closed: number;
}

/** Asks the pod itself, until it has ended: when its clients notice depends on this process, which is all of them. */
async function watchClosing(pod: ServiceProcess, held: number): Promise<Count[]> {
  const counts: Count[] = [];
  for (; ; await pause(ASK_EVERY_MS)) {
    const asked = performance.now();
    const closed = await metric(pod, 'syncline_sockets_closed_total{reason="draining"}').catch(() => null);
    counts.push({ asked, answered: performance.now(), closed: closed ?? held });
    if (closed === null) return counts;
  }
}

/** The largest share of the sockets that was closed between two counts, beyond what the time between them allows. */
function largestWave(counts: Count[], held: number): number {
  return Math.max(
    ...counts.flatMap((from, n) =>
      counts.slice(n).map((to) => (to.closed - from.closed) / held - (to.answered - from.asked) / DRAIN_MS),
    ),
  );
}

async function metric(pod: ServiceProcess, name: string): Promise<number> {
  const text = await (await fetch(`${pod.adminUrl}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length) ?? 0,
  );
}

/** One goes for good; nobody may see them for longer than {@link GHOST_MS}. */
async function leave(leaver: Editor, others: Editor[]): Promise<void> {
  await leaver.acknowledged();
  await until(() => others.some((other) => other.sees(leaver)), 60_000);
  leaver.leave();
  const left = performance.now();
  await until(() => !others.some((other) => other.sees(leaver)), 60_000);
  expect(performance.now() - left, 'ms for which one was seen who had gone').toBeLessThan(GHOST_MS);
}

function equal(a: Y.Doc, b: Y.Doc): boolean {
  return Buffer.compare(Y.encodeStateAsUpdate(a), Y.encodeStateAsUpdate(b)) === 0;
}
