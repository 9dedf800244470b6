import { FanoutHub, MemoryFanout, MemoryRpc, RpcHub } from '@syncline/bus';
import { createHistoryStore, migrate } from '@syncline/journal';
import { goBack, pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import type { Verb } from '@syncline/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { PodLimits } from './pod.ts';
import { type Client, newPlan, startTestPod, type TestPod, until } from './testing.ts';

let test: TestDatabase;
let pods: TestPod[] = [];
beforeAll(async () => {
  test = await pgliteTestDatabase();
  await migrate(test.db);
});
afterEach(async () => {
  await Promise.all(pods.splice(0).map((pod) => pod.stop()));
});
afterAll(() => test.drop());

/** How long the pods' timers let a quiet document be. */
const TIMER = { repairEveryMs: { min: 300, max: 600 } };
const SELDOM = { repairEveryMs: { min: 600_000, max: 600_000 } };

/** Two pods on one bus. */
async function start(limits: Partial<PodLimits> = SELDOM): Promise<[TestPod, TestPod]> {
  const [rpcHub, fanoutHub] = [new RpcHub(), new FanoutHub()];
  const one = () =>
    startTestPod(test.db, limits, {
      rpc: new MemoryRpc({ hub: rpcHub, onHandlerError: raise }),
      fanout: new MemoryFanout({ hub: fanoutHub, onListenerError: raise }),
    });
  const started: [TestPod, TestPod] = [await one(), await one()];
  pods.push(...started);
  return started;
}

/** Writes words, each acknowledged before the next, so that each is a row. */
async function write(client: Client, ...words: string[]): Promise<void> {
  for (const word of words) {
    client.doc.getMap('words').set(word, 'x');
    await client.acknowledged();
  }
}

function words(client: Client): string[] {
  return [...client.doc.getMap('words').keys()].toSorted();
}

async function stored(pod: TestPod, plan: ReturnType<typeof newPlan>): Promise<string[]> {
  const doc = new Y.Doc();
  const { snapshot, rows } = await pod.reader.read(plan.id);
  if (snapshot) Y.applyUpdate(doc, snapshot.state);
  for (const { update } of rows) Y.applyUpdate(doc, update);
  return [...doc.getMap('words').keys()].toSorted();
}

async function wentBack(pod: TestPod, outcome: string): Promise<number> {
  const line = new RegExp(`^syncline_journal_went_back_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm');
  return Number(line.exec(await pod.metrics.registry.metrics())![1]);
}

const step = (title: string): Verb => ({ verb: 'plan.update', args: { changes: [{ op: 'add_step', title }] } });

describe('[S48, S49] a database that went back under running pods', () => {
  it.each([
    { lacks: 'some rows', head: 2 },
    { lacks: 'the whole document', head: 0 },
  ])('lacks $lacks: the next edit shows it, and everybody has everything again', async ({ head }) => {
    const [one, other] = await start();
    const plan = newPlan();
    const [a, b] = [one.connect(plan.name), other.connect(plan.name, 'person:p2')];
    await Promise.all([a.synced, b.synced]);
    await write(a, 'a1', 'a2', 'a3');
    await write(b, 'b1', 'b2');
    await until(() => words(a).length === 5);
    await goBack(test.db, plan.id, head);

    await write(a, 'a4');
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2'];
    await until(async () => (await stored(one, plan)).length === all.length);
    await write(b, 'b3');
    await until(() => words(a).length === 7 && words(b).length === 7);
    expect(words(a)).toEqual([...all, 'b3']);
    expect(words(b)).toEqual([...all, 'b3']);
    expect(await stored(one, plan)).toEqual([...all, 'b3']);
    expect((await wentBack(one, 'brought_back')) + (await wentBack(one, 'nothing_missing'))).toBe(1);
    expect(await one.command(plan.ref, 'after', step('s'))).toMatchObject({ ok: true });
    const { rows } = await one.reader.read(plan.id);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, n) => n + 1));
    expect(rows.length).toBeGreaterThan(6);
  });

  it('is noticed on a quiet document by the timer, also when the number has come again with other rows', async () => {
    const [one, other] = await start(TIMER);
    const plan = newPlan();
    const a = one.connect(plan.name);
    await a.synced;
    await write(a, 'a1', 'a2', 'a3');
    a.provider.destroy();
    await until(() => one.pod.connections === 0);
    await goBack(test.db, plan.id, 1);
    // At the other pod, which knows nothing of what is lost, somebody writes as many rows.
    const b = other.connect(plan.name, 'person:p2');
    await b.synced;
    await write(b, 'b1', 'b2');
    await until(async () => (await stored(one, plan)).length === 5);
    expect(await stored(one, plan)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
    await until(() => words(b).length === 5);
  });

  it('what only agents had written is brought back by the pod that holds it', async () => {
    const [one] = await start(TIMER);
    const plan = newPlan();
    const create: Verb = { verb: 'plan.create', args: { title: 'Plan', steps: [], blocks: [] } };
    expect(await one.command(plan.ref, 'create', create)).toMatchObject({ ok: true });
    for (const title of ['one', 'two', 'three']) await one.command(plan.ref, title, step(title));
    await goBack(test.db, plan.id, 2);
    const titles = async () => {
      const reply = await one.read(plan.ref);
      return reply.ok ? reply.value.steps.map(({ title }) => title) : [];
    };
    // Above every revision that anybody was given, so that none comes again [S51].
    await until(async () => (await one.reader.read(plan.id)).head === 5);
    await until(async () => (await titles()).length === 3);
    expect((await titles()).toSorted()).toEqual(['one', 'three', 'two']);
    const stale = await one.command(plan.ref, 'stale', {
      verb: 'plan.update',
      args: { changes: [{ op: 'set', owner: 'Ann' }], base_rev: 4 },
    });
    expect(stale).toMatchObject({ ok: false, error: { code: 'stale_revision' } });
    expect(await one.read(plan.ref, 4)).toMatchObject({ ok: true });
    expect(await one.command(plan.ref, 'four', step('four'))).toMatchObject({ ok: true, seq: 6 });
    expect(await createHistoryStore(test.db).noted()).toContainEqual(
      expect.objectContaining({ name: plan.ref.id, knownSeq: 4, foundSeq: 2, broughtBack: true }),
    );
  });

  it('an edit that needs what is lost is whole in the end', async () => {
    const [one] = await start();
    const plan = newPlan();
    const a = one.connect(plan.name);
    await a.synced;
    const text = a.doc.getText('t');
    text.insert(0, 'ab');
    await a.acknowledged();
    text.insert(1, '1');
    await a.acknowledged();
    await goBack(test.db, plan.id, 1);
    // Its left neighbour is in a row that the journal lacks.
    text.insert(2, '2');
    await a.acknowledged();
    await until(async () => (await one.reader.read(plan.id)).rows.length > 2);
    const late = one.connect(plan.name, 'person:late');
    await late.synced;
    await until(() => late.doc.getText('t').toJSON() === 'a12b');
  });

  it('[S50] what nobody holds any more is listed by its document', async () => {
    const [one] = await start({ ...TIMER, lingerMs: 100 });
    const [gone, here] = [newPlan(), newPlan()];
    for (const plan of [gone, here]) {
      const client = one.connect(plan.name);
      await client.synced;
      await write(client, 'a1', 'a2', 'a3');
      client.provider.destroy();
    }
    await until(() => one.pod.rooms === 0);
    const open = one.connect(here.name);
    await open.synced;
    await goBack(test.db, gone.id, 1);
    await goBack(test.db, here.id, 2);
    await until(async () => (await wentBack(one, 'lost')) === 1);
    const noted = await createHistoryStore(test.db).noted();
    const of = (plan: typeof gone) => noted.filter(({ name }) => name === plan.ref.id);
    expect(of(gone)).toMatchObject([{ kind: 'plan', knownSeq: 3, foundSeq: 1, broughtBack: false }]);
    await until(async () => (await stored(one, here)).length === 3);
    expect(of(here).every(({ broughtBack }) => broughtBack)).toBe(true);
  });

  it('[S48, S50, S51] is noticed when a document is loaded again that was let go of before', async () => {
    const [one] = await start({ ...SELDOM, lingerMs: 100 });
    const plan = newPlan();
    const first = one.connect(plan.name);
    await first.synced;
    await write(first, 'a1', 'a2', 'a3', 'a4');
    first.provider.destroy();
    await until(() => one.pod.rooms === 0);
    await goBack(test.db, plan.id, 2);
    const again = one.connect(plan.name, 'person:p2');
    await again.synced;
    await until(async () => (await wentBack(one, 'lost')) === 1);
    // Above every revision that was given.
    await until(async () => (await one.reader.read(plan.id)).head === 5);
    await write(again, 'b1');
    expect(await stored(one, plan)).toEqual(['a1', 'a2', 'b1']);
    const noted = (await createHistoryStore(test.db).noted()).filter(({ name }) => name === plan.ref.id);
    expect(noted).toMatchObject([{ knownSeq: 4, foundSeq: 2, broughtBack: false }]);
  });

  it('a compaction that left a pod behind is no other history', async () => {
    const compaction = { maxRows: 5, maxBytes: 1e6, keepRowsMs: 0 };
    const [rpcHub, hub] = [new RpcHub(), new FanoutHub()];
    const one = await startTestPod(test.db, { ...SELDOM, compaction }, bus(rpcHub, hub));
    const behind = await startTestPod(
      test.db,
      { ...TIMER, compaction: { ...compaction, maxRows: 1e6 } },
      bus(rpcHub, hub),
    );
    pods.push(one, behind);
    const plan = newPlan();
    const [a, b] = [one.connect(plan.name), behind.connect(plan.name, 'person:p2')];
    await Promise.all([a.synced, b.synced]);
    await write(a, 'a0');
    await until(() => words(b).length === 1);
    hub.interrupt();
    await write(a, ...Array.from({ length: 20 }, (_, n) => `a${n + 1}`));
    await until(async () => (await behind.reader.read(plan.id)).snapshot !== null);
    await until(() => words(b).length === 21);
    expect(b.provider.isSynced).toBe(true);
    for (const outcome of ['brought_back', 'nothing_missing', 'lost']) expect(await wentBack(behind, outcome)).toBe(0);
  });
});

function bus(rpcHub: RpcHub, hub: FanoutHub) {
  return {
    rpc: new MemoryRpc({ hub: rpcHub, onHandlerError: raise }),
    fanout: new MemoryFanout({ hub, onListenerError: raise }),
  };
}

function raise(error: unknown): never {
  throw error;
}
