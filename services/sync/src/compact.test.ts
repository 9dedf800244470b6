import { FanoutHub, MemoryFanout } from '@syncline/bus';
import { createCompaction, migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { mergeRows } from './edits/merge.ts';
import { createMergeThread } from './index.ts';
import { type Client, newPlan, startTestPod, type TestPod, until } from './testing.ts';

const COMPACTION = { maxRows: 10, maxBytes: 1_000_000, keepRowsMs: 0 };

describe('compaction', () => {
  let test: TestDatabase;
  const pods: TestPod[] = [];
  beforeAll(async () => {
    test = await pgliteTestDatabase();
    await migrate(test.db);
  });
  afterEach(async () => {
    await Promise.all(pods.splice(0).map((pod) => pod.stop()));
  });
  afterAll(() => test.drop());

  const start = async (hub = new FanoutHub(), compaction = COMPACTION) => {
    const onListenerError = (error: unknown) => {
      throw error;
    };
    const pod = await startTestPod(test.db, { compaction }, { fanout: new MemoryFanout({ hub, onListenerError }) });
    pods.push(pod);
    return pod;
  };
  const rows = async (plan: ReturnType<typeof newPlan>) =>
    (await test.db.query('SELECT seq FROM journal WHERE document = $1', [plan.id])).length;

  it('[S24, S25] bounds the rows behind a document in use, on two pods, and changes nothing that it says', async () => {
    const hub = new FanoutHub();
    const [one, other] = [await start(hub), await start(hub)];
    const plan = newPlan();
    const clients = [one.connect(plan.name), other.connect(plan.name, 'person:p2')] as const;
    await Promise.all(clients.map((client) => client.synced));
    for (let n = 0; n < 300; n++) {
      clients[n % 2]!.doc.getMap('metadata').set(`${n % 40}`, `${n}`);
      if (n % 3 === 0) clients[n % 2]!.doc.getMap('metadata').delete(`${(n + 7) % 40}`);
      if (n % 5 === 0) await clients[n % 2]!.acknowledged();
    }
    await Promise.all(clients.map((client) => client.acknowledged()));
    await until(() => same(clients[0].doc, clients[1].doc));
    await until(async () => (await rows(plan)) <= 2 * COMPACTION.maxRows);
    const late = (await start()).connect(plan.name, 'person:p3');
    await late.synced;
    expect(same(late.doc, clients[0].doc)).toBe(true);
  });

  it('[S24] a pod that missed rows which were since replaced by a snapshot reads the snapshot', async () => {
    const hub = new FanoutHub();
    const [one, other] = [await start(hub), await start(hub, { ...COMPACTION, maxRows: 1_000_000 })];
    const plan = newPlan();
    const clients = [one.connect(plan.name), other.connect(plan.name, 'person:p2')] as const;
    await Promise.all(clients.map((client) => client.synced));
    write(clients[0], 'title', 'before');
    await until(() => clients[1].doc.getMap('metadata').get('title') === 'before');
    hub.interrupt();
    for (let n = 0; n < 50; n++) {
      write(clients[0], `${n}`, 'x');
      await clients[0].acknowledged();
    }
    await until(async () => (await rows(plan)) <= 2 * COMPACTION.maxRows);
    expect(await test.db.query('SELECT FROM journal WHERE document = $1 AND seq = 2', [plan.id])).toEqual([]);
    hub.restore();
    await until(() => same(clients[0].doc, clients[1].doc), 2_000);
  });

  it('[S26] a row that throws is left out, named, and set aside; the document loads', async () => {
    const pod = await start();
    const plan = newPlan();
    const writer = pod.connect(plan.name);
    await writer.synced;
    write(writer, 'title', 'kept');
    await writer.acknowledged();
    const poison = throwingUpdate();
    await test.db.query(
      `WITH h AS (UPDATE heads SET seq = seq + 1, previous = nonce, nonce = 7 WHERE document = $1 RETURNING seq, nonce)
       INSERT INTO journal (document, seq, update, actor, nonce) SELECT $1, seq, $2, 'person:bad', nonce FROM h`,
      [plan.id, poison],
    );
    for (let n = 0; n < 30; n++) {
      write(writer, `${n}`, 'x');
      await writer.acknowledged();
    }
    await until(
      async () => (await test.db.query('SELECT 1 FROM quarantine WHERE document = $1', [plan.id])).length > 0,
    );
    const late = (await start()).connect(plan.name);
    await late.synced;
    expect(late.doc.getMap('metadata').get('title')).toBe('kept');
    expect(late.doc.getMap('metadata').get('29')).toBe('x');
  });

  it('merges on its thread as it does here', async () => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update) => updates.push(update));
    for (let n = 0; n < 100; n++) doc.getText('t').insert(0, `${n} `);
    const task = {
      snapshot: { coversSeq: 50, state: Y.mergeUpdates(updates.slice(0, 50)) },
      rows: updates.slice(50).map((update, n) => ({ seq: 51 + n, update, actor: 'a' })),
    };
    const thread = createMergeThread();
    expect(await thread.run(task)).toEqual(mergeRows(task));
    await thread.close();
  });

  it('keeps what waits for rows that never came', () => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update) => updates.push(update));
    doc.getText('t').insert(0, 'a');
    doc.getText('t').insert(1, 'b');
    const { state } = mergeRows({ snapshot: null, rows: [{ seq: 1, update: updates[1]!, actor: 'a' }] });
    const later = new Y.Doc();
    Y.applyUpdate(later, state);
    Y.applyUpdate(later, updates[0]!);
    expect(later.getText('t').toJSON()).toBe('ab');
  });

  it('[J20] does nothing with rows that are still kept', async () => {
    const plan = newPlan();
    const pod = await start(new FanoutHub(), { ...COMPACTION, keepRowsMs: 3_600_000 });
    const writer = pod.connect(plan.name);
    await writer.synced;
    for (let n = 0; n < 30; n++) {
      write(writer, 'title', `${n}`);
      await writer.acknowledged();
    }
    await until(async () => (await pod.reader.read(plan.id)).snapshot !== null);
    expect(await rows(plan)).toBe(30);
    await createCompaction(test.db).forgetCommands(0);
  });
});

function write(client: Client, key: string, value: string): void {
  client.doc.getMap<string>('metadata').set(key, value);
}

function same(a: Y.Doc, b: Y.Doc): boolean {
  return Buffer.compare(Y.encodeStateAsUpdate(a), Y.encodeStateAsUpdate(b)) === 0;
}

/** An update that decodes and yet throws when it is applied: found by changing bytes of a good one. */
function throwingUpdate(): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const map = doc.getMap('m');
  map.set('a', new Y.Map([['b', 'c']]));
  doc.getText('t').insert(0, 'some text');
  doc.getText('t').format(0, 4, { bold: {} });
  const good = Y.encodeStateAsUpdate(doc);
  for (let at = 0; at < good.length; at++) {
    for (let byte = 0; byte < 256; byte++) {
      const bad = good.slice();
      bad[at] = byte;
      try {
        Y.decodeUpdate(bad);
      } catch {
        continue;
      }
      try {
        Y.applyUpdate(new Y.Doc(), bad);
      } catch {
        return bad;
      }
    }
  }
  throw new Error('no such update was found');
}
