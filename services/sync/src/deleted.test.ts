import { FanoutHub, MemoryFanout } from '@syncline/bus';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import type { Verb } from '@syncline/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { type Client, newPlan, startTestPod, type TestPod, until } from './testing.ts';

const CREATE: Verb = { verb: 'plan.create', args: { title: 'Plan', steps: [], blocks: [] } };
const DELETE: Verb = { verb: 'document.delete', args: {} };
const UNDELETE: Verb = { verb: 'document.undelete', args: {} };

describe('[S46] a deleted document', () => {
  let test: TestDatabase;
  const pods: TestPod[] = [];
  const hub = new FanoutHub();
  beforeAll(async () => {
    test = await pgliteTestDatabase();
    await migrate(test.db);
  });
  afterEach(async () => {
    await Promise.all(pods.splice(0).map((pod) => pod.stop()));
  });
  afterAll(() => test.drop());

  const start = async () => {
    const pod = await startTestPod(test.db, {}, { fanout: new MemoryFanout({ hub, onListenerError: () => {} }) });
    pods.push(pod);
    return pod;
  };
  const closing = (client: Client) =>
    new Promise<number>((resolve) =>
      client.provider.on('close', ({ event }: { event: { code: number } }) => resolve(event.code)),
    );

  it('closes its sockets with 4404 at every pod, opens none, and is back when it is undeleted', async () => {
    const [one, other] = [await start(), await start()];
    const plan = newPlan();
    await one.command(plan.ref, 'create', CREATE);
    const people = [one.connect(plan.name), other.connect(plan.name)];
    await Promise.all(people.map(({ synced }) => synced));
    const closed = Promise.all(people.map(closing));
    expect(await one.command(plan.ref, 'delete', DELETE)).toMatchObject({ ok: true, seq: 2 });
    expect(await closed).toEqual([4404, 4404]);
    for (const { provider } of people) provider.destroy();

    for (const pod of [one, other, await start()]) {
      expect(await pod.read(plan.ref, 2)).toMatchObject({ ok: false, error: { code: 'not_found' } });
      expect(await closing(pod.connect(plan.name))).toBe(4404);
    }
    expect(await other.command(plan.ref, 'delete', DELETE)).toMatchObject({ ok: true, seq: 2 });
    expect(await other.command(plan.ref, 'delete-again', DELETE)).toMatchObject({ error: { code: 'not_found' } });

    expect(await other.command(plan.ref, 'undelete', UNDELETE)).toMatchObject({ ok: true, seq: 3 });
    expect(await one.read(plan.ref, 3)).toMatchObject({ ok: true, value: { title: 'Plan' } });
    await one.connect(plan.name).synced;
  });

  it('is in no list while it is deleted', async () => {
    const pod = await start();
    const plan = newPlan();
    const listed = async () =>
      (await test.db.query('SELECT 1 FROM records WHERE document = $1 AND NOT deleted', [plan.id])).length > 0;
    await pod.command(plan.ref, 'create', CREATE);
    await until(listed);
    await pod.command(plan.ref, 'delete', DELETE);
    await until(async () => !(await listed()));
    await pod.command(plan.ref, 'undelete', UNDELETE);
    await until(listed);
  });
});

it('answers a document’s state as Yjs encodes it', async () => {
  const test = await pgliteTestDatabase();
  await migrate(test.db);
  const pod = await startTestPod(test.db);
  const plan = newPlan();
  await pod.command(plan.ref, 'create', CREATE);
  const asker = { type: 'agent', id: 'a', name: 'A' } as const;
  const reply = await pod.ask(asker, { type: 'read', document: plan.ref, as: 'yjs' });
  if (!reply.ok) throw new Error(reply.error.detail);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Buffer.from(reply.value as string, 'base64'));
  expect(String(doc.getMap('metadata').get('title'))).toBe('Plan');
  await pod.stop();
  await test.drop();
});
