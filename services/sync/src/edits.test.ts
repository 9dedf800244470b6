import { DatabaseError, migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { KIND_MODELS, readText } from '@syncline/model';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { type Client, controllable, newPlan, startTestPod, type TestPod, until } from './testing.ts';

describe('edits over a socket', () => {
  let test: TestDatabase;
  let database: ReturnType<typeof controllable>;
  const pods: TestPod[] = [];
  beforeAll(async () => {
    test = await pgliteTestDatabase();
    await migrate(test.db);
    database = controllable(test.db);
  });
  afterEach(async () => {
    await Promise.all(pods.splice(0).map((pod) => pod.stop()));
  });
  afterAll(() => test.drop());

  const start = async (limits?: Parameters<typeof startTestPod>[1]) => {
    const pod = await startTestPod(database.db, limits);
    pods.push(pod);
    return pod;
  };

  it('[S1, S2] acknowledges and shows an edit only after its commit', async () => {
    const pod = await start();
    const plan = newPlan();
    const [writer, watcher] = [pod.connect(plan.name), pod.connect(plan.name)];
    await Promise.all([writer.synced, watcher.synced]);
    write(writer, 'title', 'first');
    await writer.acknowledged();

    const release = database.hold();
    write(writer, 'title', 'second');
    await pause(150);
    const joiner = pod.connect(plan.name);
    await joiner.synced;
    expect(writer.provider.hasUnsyncedChanges).toBe(true);
    expect([title(watcher), title(joiner)]).toEqual(['first', 'first']);
    expect((await pod.reader.read(plan.id)).head).toBe(1);
    expect(await pod.read(plan.ref)).toMatchObject({ ok: true, seq: 1, value: { title: 'first' } });

    release();
    await writer.acknowledged();
    expect((await pod.reader.read(plan.id)).head).toBe(2);
    await until(() => title(watcher) === 'second' && title(joiner) === 'second');
    expect(await pod.read(plan.ref)).toMatchObject({ ok: true, seq: 2, value: { title: 'second' } });
  });

  it('[S4] appends the updates of one connection as they arrive, in their order', async () => {
    const pod = await start();
    const plan = newPlan();
    const writer = pod.connect(plan.name);
    await writer.synced;
    write(writer, 'title', 'warm');
    await writer.acknowledged();
    const release = database.hold();
    for (let n = 0; n < 10; n++) {
      write(writer, 'title', `${n}`);
      await pause(5);
    }
    release();
    const before = await commits(pod);
    await writer.acknowledged();
    // The first went out alone; all others waited for it together.
    expect((await commits(pod)) - before).toBeLessThanOrEqual(2);
    expect(await pod.read(plan.ref)).toMatchObject({ seq: 11, value: { title: '9' } });
  });

  it('[S5] a client that comes back with nothing new adds no row', async () => {
    const pod = await start();
    const plan = newPlan();
    const writer = pod.connect(plan.name);
    await writer.synced;
    for (let n = 0; n < 20; n++) write(writer, 'title', `${n}`);
    await writer.acknowledged();
    const { head } = await pod.reader.read(plan.id);
    writer.provider.disconnect();
    const again = pod.connect(plan.name);
    Y.applyUpdate(again.doc, Y.encodeStateAsUpdate(writer.doc));
    await again.synced;
    await again.acknowledged();
    expect((await pod.reader.read(plan.id)).head).toBe(head);
  });

  it('[S5] what waits for an update that never came adds no row when it comes again', async () => {
    const pod = await start();
    const plan = newPlan();
    const doc = new Y.Doc();
    doc.on('update', (update: Uint8Array) => updates.push(update));
    const updates: Uint8Array[] = [];
    const text = doc.getText('t');
    for (let n = 0; n < 3; n++) text.insert(n, `${n}`);
    text.delete(0, 3);
    const send = async (update: Uint8Array) => {
      const client = pod.connect(plan.name);
      // In the handshake: a document says nothing of what waits in it.
      Y.applyUpdate(client.doc, update);
      await client.synced;
      await client.acknowledged();
      client.provider.disconnect();
    };
    const later = Y.mergeUpdates(updates.slice(1));
    await send(later);
    for (const update of [later, ...updates.slice(1), later]) await send(update);
    expect((await pod.reader.read(plan.id)).head).toBe(1);
    await send(updates[0]!);
    const { head } = await pod.reader.read(plan.id);
    for (const update of updates) await send(update);
    expect((await pod.reader.read(plan.id)).head).toBe(head);
    const late = pod.connect(plan.name);
    await late.synced;
    expect(Y.decodeStateVector(Y.encodeStateVector(late.doc)).get(doc.clientID)).toBe(3);
    expect(late.doc.getText('t').length).toBe(0);
  });

  it('[S6] when the journal cannot commit, nobody sees the edit, the socket closes with 4503, and it comes again', async () => {
    const pod = await start();
    const plan = newPlan();
    const [writer, watcher] = [pod.connect(plan.name), pod.connect(plan.name)];
    await Promise.all([writer.synced, watcher.synced]);
    const closed = new Promise<number>((resolve) => {
      writer.provider.on('close', ({ event }: { event: CloseEvent }) => resolve(event.code));
    });
    database.fail('before');
    write(writer, 'title', 'kept');
    expect(await closed).toBe(4503);
    expect(title(watcher)).toBeUndefined();
    expect(writer.provider.hasUnsyncedChanges).toBe(true);
    database.fail(null);
    await writer.acknowledged();
    await until(() => title(watcher) === 'kept');
  });

  it('[S7] begins with the seed, which is committed with the first edit', async () => {
    const pod = await start();
    const plan = newPlan();
    const writer = pod.connect(plan.name);
    await writer.synced;
    expect(writer.doc.getXmlFragment('document').length).toBe(1);
    expect((await pod.reader.read(plan.id)).head).toBe(0);
    expect(await pod.read(plan.ref)).toMatchObject({ ok: false, error: { code: 'not_found' } });
    write(writer, 'title', 'x');
    await writer.acknowledged();
    const { rows } = await pod.reader.read(plan.id);
    const stored = new Y.Doc();
    Y.applyUpdate(stored, rows[0]!.update);
    expect(stored.getXmlFragment('document').toString()).toBe(writer.doc.getXmlFragment('document').toString());
  });

  it('[S7] a client that was born offline from the same seed adds only its own edit', async () => {
    const pod = await start();
    const plan = newPlan();
    const writer = pod.connect(plan.name);
    Y.applyUpdate(writer.doc, KIND_MODELS.plan.seed);
    write(writer, 'title', 'offline');
    await writer.synced;
    await writer.acknowledged();
    expect(await pod.read(plan.ref)).toMatchObject({ value: { title: 'offline', blocks: [{ type: 'paragraph' }] } });
    expect(writer.doc.getXmlFragment('document').length).toBe(1);
  });

  it('[S8] what is committed while a document loads is there when it has loaded', async () => {
    const [one, other] = [await start(), await start()];
    for (const delay of [0, 30, 60]) {
      const plan = newPlan();
      const writer = one.connect(plan.name);
      await writer.synced;
      write(writer, 'title', 'a');
      await writer.acknowledged();
      // The first read of the load says "a" and takes its time; "b" is committed meanwhile, and nothing tells of it.
      database.delayReads(100);
      const loading = other.connect(plan.name);
      await pause(delay);
      write(writer, 'title', 'b');
      await writer.acknowledged();
      await loading.synced;
      database.delayReads(0);
      expect(title(loading)).toBe('b');
    }
  });

  it('[S13] an answer is not older than asked, although the read that would bring it began too early', async () => {
    const [one, other] = [await start(), await start()];
    const plan = newPlan();
    const writer = one.connect(plan.name);
    await writer.synced;
    write(writer, 'title', '1');
    await writer.acknowledged();
    await other.read(plan.ref);
    write(writer, 'title', '2');
    await writer.acknowledged();
    database.delayReads(100);
    const early = other.read(plan.ref, 2);
    await pause(30);
    write(writer, 'title', '3');
    await writer.acknowledged();
    expect(await other.read(plan.ref, 3)).toMatchObject({ ok: true, seq: 3, value: { title: '3' } });
    expect(await early).toMatchObject({ ok: true });
    database.delayReads(0);
  });

  it('[S21] what nothing has told of is found by the timer', async () => {
    const [one, other] = [await start(), await start({ repairEveryMs: { min: 50, max: 100 } })];
    const plan = newPlan();
    const [writer, watcher] = [one.connect(plan.name), other.connect(plan.name)];
    await Promise.all([writer.synced, watcher.synced]);
    write(writer, 'title', 'unheard');
    await until(() => title(watcher) === 'unheard', 2_000);
  });

  it('[S6] tells readers and openers that the database is away, in words that say so', async () => {
    const pod = await start();
    const plan = newPlan();
    database.onAppend(null);
    const query = vi.spyOn(database.db, 'query').mockRejectedValue(new DatabaseError(new Error('connection lost')));
    try {
      expect(await pod.read(plan.ref)).toMatchObject({ error: { code: 'unavailable' } });
      const client = pod.connect(plan.name);
      const code = await new Promise<number>((resolve) => {
        client.provider.on('close', ({ event }: { event: CloseEvent }) => resolve(event.code));
      });
      expect(code).toBe(4503);
    } finally {
      query.mockRestore();
    }
  });

  it('[S3] a document that is unloaded and loaded again under fire loses nothing that was acknowledged', async () => {
    const pod = await start({ lingerMs: 0 });
    const plan = newPlan();
    const first = pod.connect(plan.name);
    await first.synced;
    const began = performance.now();
    write(first, 'first', 'x');
    await first.acknowledged();
    const commitMs = performance.now() - began;
    first.provider.disconnect();
    const acknowledged: string[] = [];
    for (let round = 0; round < 30; round++) {
      const writer = pod.connect(plan.name);
      await writer.synced;
      write(writer, `k${round}`, 'x');
      // Leaves at once, or up to two commits later: its own is under way while the document may go.
      await pause(((round % 7) / 3) * commitMs);
      if (!writer.provider.hasUnsyncedChanges) acknowledged.push(`k${round}`);
      writer.provider.disconnect();
      if (round % 5 === 0) await pause(120);
    }
    expect(acknowledged.length).toBeGreaterThan(5);
    const last = pod.connect(plan.name);
    await last.synced;
    const stored = new Y.Doc();
    for (const row of (await pod.reader.read(plan.id)).rows) Y.applyUpdate(stored, row.update);
    await until(() => last.doc.getMap('metadata').size === stored.getMap('metadata').size);
    expect(acknowledged.filter((key) => !last.doc.getMap('metadata').has(key))).toEqual([]);
  });
});

function write(client: Client, key: string, value: string): void {
  client.doc.getMap<string>('metadata').set(key, value);
}

/** Nothing until it was written. */
function title(client: Client): string | undefined {
  return readText(client.doc.getMap('metadata'), 'title') || undefined;
}

async function commits(pod: TestPod): Promise<number> {
  const metric = await pod.metrics.registry.getSingleMetric('syncline_journal_batch_rows')!.get();
  return metric.values.find((value) => (value as { metricName?: string }).metricName?.endsWith('_count'))?.value ?? 0;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
