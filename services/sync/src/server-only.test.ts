import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { asServer } from '@syncline/model/testing';
import type { Verb } from '@syncline/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { newPlan, startTestPod, type TestPod, until } from './testing.ts';

const CREATE: Verb = { verb: 'plan.create', args: { title: 'Plan', steps: [], blocks: [] } };
const DELETE: Verb = { verb: 'document.delete', args: {} };
const UNDELETE: Verb = { verb: 'document.undelete', args: {} };

describe('[S58] what only the server writes of a document', () => {
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

  /** Hears of what others commit from the journal alone. */
  const start = async () => {
    const pod = await startTestPod(test.db);
    pods.push(pod);
    return pod;
  };
  const refusals = async ({ metrics }: TestPod) => {
    const { values } = await metrics.registry.getSingleMetric('syncline_sockets_closed_total')!.get();
    return values.find(({ labels }) => labels['reason'] === 'server_only')?.value ?? 0;
  };

  it.each<[string, (doc: Y.Doc) => void]>([
    ['deletes the plan', (doc) => doc.getMap('metadata').set('deleted', true)],
    ['writes in the server’s root', (doc) => doc.getMap('$syncline').set('x', 1)],
    ['writes as the server', (doc) => asServer(doc, () => doc.getMap('metadata').set('title', 'x'))],
  ])('an update that %s closes its socket with 4400, and nothing of it is stored', async (_, write) => {
    const pod = await start();
    const plan = newPlan();
    await pod.command(plan.ref, 'create', CREATE);
    const [hostile, other] = [pod.connect(plan.name), pod.connect(plan.name)];
    await Promise.all([hostile.synced, other.synced]);
    const closed = new Promise((resolve) =>
      hostile.provider.on('close', ({ event }: { event: CloseEvent }) => resolve([event.code, event.reason])),
    );
    hostile.doc.transact(() => {
      hostile.doc.getText('beside').insert(0, 'x');
      write(hostile.doc);
    });
    expect(await closed).toEqual([
      4400,
      'Only the server writes in $syncline and metadata.deleted; there are commands.',
    ]);
    hostile.provider.destroy();
    other.doc.getMap('metadata').set('owner', 'o');
    await other.acknowledged();
    expect(await refusals(pod)).toBe(1);
    expect(await pod.read(plan.ref)).toMatchObject({ ok: true, seq: 2, value: { title: 'Plan', owner: 'o' } });
    expect(other.doc.getText('beside').toString()).toBe('');
  });

  it('is taken from nobody who only says it again, also where its row has not come yet', async () => {
    const [one, other] = [await start(), await start()];
    const plan = newPlan();
    await one.command(plan.ref, 'create', CREATE);
    const stale = other.connect(plan.name);
    await stale.synced;
    for (const [id, verb] of Object.entries({ DELETE, UNDELETE })) await one.command(plan.ref, id, verb);
    const known = one.connect(plan.name);
    await known.synced;
    known.provider.disconnect();

    const moved = other.connect(plan.name);
    Y.applyUpdate(moved.doc, Y.encodeStateAsUpdate(known.doc));
    await moved.synced;
    for (const [at, letter] of [...'order'].entries()) moved.doc.getText('t').insert(at, letter);
    await moved.acknowledged();
    await until(() => stale.doc.getText('t').toString() === 'order');
    expect(await refusals(other)).toBe(0);
    const { rows } = await other.reader.read(plan.id);
    expect(rows).toHaveLength(3 + 5);
    // In their order: none waits for another that comes later.
    const doc = new Y.Doc();
    for (const { update } of rows) {
      Y.applyUpdate(doc, update);
      expect(doc.store.pendingStructs).toBeNull();
    }
  });
});
