import { FanoutHub, MemoryFanout } from '@syncline/bus';
import { createProjection, type Database, migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import type { PlanChange, Principal, Verb } from '@syncline/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { controllable, newPlan, startTestPod, type TestPod, until } from './testing.ts';

describe('commands over the bus', () => {
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

  const start = async () => {
    const pod = await startTestPod(database.db);
    pods.push(pod);
    return pod;
  };
  const created = async (pod: TestPod) => {
    const plan = newPlan();
    const reply = await pod.command(plan.ref, 'create', create('Plan', ['a', 'b', 'c']));
    expect(reply).toMatchObject({ ok: true, seq: 1 });
    return plan;
  };

  it('[S9] commits update, result and id together, and shows it to open clients afterwards', async () => {
    const pod = await start();
    const plan = await created(pod);
    const person = pod.connect(plan.name);
    await person.synced;
    const release = database.hold();
    const reply = pod.command(plan.ref, 'one', update({ op: 'set', title: 'Renamed' }));
    await pause(100);
    expect(String(person.doc.getMap('metadata').get('title'))).toBe('Plan');
    expect(await pod.reader.command(plan.id, 'agent:tester one')).toBeNull();
    release();
    expect(await reply).toMatchObject({ ok: true, seq: 2 });
    expect(await pod.reader.command(plan.id, 'agent:tester one')).toMatchObject({ seq: 2 });
    await until(() => String(person.doc.getMap('metadata').get('title')) === 'Renamed');
  });

  it('[S10] the same command takes effect once: twice, four times at once, and at another pod', async () => {
    const [one, other] = [await start(), await start()];
    const plan = await created(one);
    const add = update({ op: 'add_step', title: 'once' });
    const replies = await Promise.all([
      ...Array.from({ length: 4 }, () => one.command(plan.ref, 'add', add)),
      ...Array.from({ length: 4 }, () => other.command(plan.ref, 'add', add)),
    ]);
    replies.push(await one.command(plan.ref, 'add', add), await other.command(plan.ref, 'add', add));
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(replies[0]).toMatchObject({ ok: true, seq: 2 });
    expect(await titles(one, plan)).toEqual(['a', 'b', 'c', 'once']);
    expect((await one.reader.read(plan.id)).head).toBe(2);
  });

  it('[S10] a create takes effect once, four times at once', async () => {
    const [one, other] = [await start(), await start()];
    const plan = newPlan();
    const replies = await Promise.all(
      [one, other, one, other].map((pod) => pod.command(plan.ref, 'c', create('Once', ['a']))),
    );
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(await titles(one, plan)).toEqual(['a']);
    expect((await one.reader.read(plan.id)).head).toBe(1);
  });

  it('[S10] another payload under the same id is refused, also while the first is under way', async () => {
    const pod = await start();
    const plan = await created(pod);
    const replies = await Promise.all(
      ['x', 'y'].map((title) => pod.command(plan.ref, 'same', update({ op: 'add_step', title }))),
    );
    expect(replies).toMatchObject([{ ok: true }, { ok: false, error: { code: 'command_reused' } }]);
    expect(await pod.command(plan.ref, 'same', update({ op: 'add_step', title: 'z' }))).toMatchObject({
      error: { code: 'command_reused' },
    });
    expect(await titles(pod, plan)).toEqual(['a', 'b', 'c', 'x']);
  });

  it('[S47] a copy that meets the first still running is told so; the call that sent it waits for its answer', async () => {
    const pod = await start();
    const plan = await created(pod);
    const agent = { type: 'agent', id: 'tester', name: 'Tester' } as const;
    const send = (call: string, { id = 'add', title = 'once', asker = agent as Principal } = {}) => {
      const verb = update({ op: 'add_step', title });
      return pod.ask(asker, { type: 'command', document: plan.ref, command: { id, call, verb } });
    };
    const inProgress = { ok: false, error: { code: 'in_progress', extra: { retry_after: 1 } } };
    const { reached, release } = database.holdNext();
    const first = send('one');
    await reached;
    const sameCall = send('one');
    const anotherPrincipal = send('two', { asker: { ...agent, id: 'somebody' } });
    expect(await send('two')).toMatchObject(inProgress);
    expect(await send('three')).toMatchObject(inProgress);
    expect(await send('two', { title: 'other' })).toMatchObject({ error: { code: 'command_reused' } });
    release();
    expect(await first).toMatchObject({ ok: true, seq: 2 });
    expect(await sameCall).toEqual(await first);
    expect(await send('two')).toEqual(await first);
    expect(await anotherPrincipal).toMatchObject({ ok: true, seq: 3 });
    expect(await titles(pod, plan)).toEqual(['a', 'b', 'c', 'once', 'once']);
  });

  it('[S47] a command that failed, or hangs at another pod, is in nobody’s way', async () => {
    const pod = await start();
    const plan = await created(pod);
    const agent = { type: 'agent', id: 'tester', name: 'Tester' } as const;
    const command = { id: 'add', verb: update({ op: 'add_step', title: 'once' }) };
    const send = (at: TestPod, call: string) =>
      at.ask(agent, { type: 'command', document: plan.ref, command: { ...command, call } });
    database.fail('before');
    expect(await send(pod, 'one')).toMatchObject({ error: { code: 'unavailable' } });
    database.fail(null);
    const { reached, release } = database.holdNext();
    const abandoned = send(pod, 'two');
    await reached;
    const elsewhere = await startTestPod(test.db);
    pods.push(elsewhere);
    expect(await send(elsewhere, 'three')).toMatchObject({ ok: true, seq: 2 });
    release();
    expect(await abandoned).toMatchObject({ ok: true, seq: 2 });
    expect(await titles(pod, plan)).toEqual(['a', 'b', 'c', 'once']);
  });

  it('[S10] two pods whose commands meet on one document both take effect', async () => {
    const [one, other] = [await start(), await start()];
    const plan = await created(one);
    const added = Array.from({ length: 20 }, (_, n) => `s${n}`);
    const replies = await Promise.all(
      added.map((title, n) => (n % 2 ? one : other).command(plan.ref, title, update({ op: 'add_step', title }))),
    );
    expect(replies.every((reply) => reply.ok)).toBe(true);
    expect((await titles(one, plan)).toSorted()).toEqual(['a', 'b', 'c', ...added].toSorted());
    expect((await titles(other, plan)).toSorted()).toEqual(['a', 'b', 'c', ...added].toSorted());
  });

  it('[S11] a refused command leaves no trace, and the next one is rehearsed on a clean copy', async () => {
    const pod = await start();
    const plan = await created(pod);
    const refused = await pod.command(
      plan.ref,
      'bad',
      update({ op: 'set', title: 'never' }, { op: 'edit_step', step: 'nope', done: true }),
    );
    expect(refused).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await pod.command(plan.ref, 'good', update({ op: 'set', status: 'approved' }))).toMatchObject({ seq: 2 });
    expect(await pod.read(plan.ref)).toMatchObject({ seq: 2, value: { title: 'Plan', status: 'approved' } });
  });

  it('[S9, S12] commands and edits in turn end equal everywhere, through commits of unknown outcome', async () => {
    const pod = await start();
    const plan = await created(pod);
    const person = pod.connect(plan.name);
    await person.synced;
    for (let n = 0; n < 30; n++) {
      person.doc.getMap('metadata').set('owner', `${n}`);
      if (n % 10 === 5) database.fail(n % 20 === 5 ? 'before' : 'after');
      const command = () =>
        pod.command(plan.ref, `add ${n}`.replace(' ', '-'), update({ op: 'add_step', title: `${n}` }));
      const first = await command();
      database.fail(null);
      expect(first.ok ? first : await command()).toMatchObject({ ok: true });
    }
    await until(() => !person.provider.hasUnsyncedChanges && person.doc.getMap('steps').size === 33);
    const stored = new Y.Doc();
    for (const row of (await pod.reader.read(plan.id)).rows) Y.applyUpdate(stored, row.update);
    expect(stored.getMap('steps').toJSON()).toEqual(person.doc.getMap('steps').toJSON());
    expect(await titles(pod, plan)).toHaveLength(33);
  });

  it('[S12] a client id under which something may have been committed is not used again', async () => {
    const pod = await start();
    const plan = await created(pod);
    database.fail('after');
    const unknown = await pod.command(plan.ref, 'unknown', update({ op: 'add_step', title: 'may be there' }));
    expect(unknown).toMatchObject({ error: { code: 'unavailable' } });
    database.fail(null);
    await pod.command(plan.ref, 'next', update({ op: 'add_step', title: 'another' }));
    const { rows } = await pod.reader.read(plan.id);
    const clients = rows.map((row) => Y.decodeUpdate(row.update).structs.map((struct) => struct.id.client));
    expect(rows).toHaveLength(3);
    expect(new Set(clients[1]).isDisjointFrom(new Set(clients[2]))).toBe(true);
    expect(await pod.command(plan.ref, 'unknown', update({ op: 'add_step', title: 'may be there' }))).toMatchObject({
      ok: true,
      seq: 2,
    });
    expect(await titles(pod, plan)).toEqual(['a', 'b', 'c', 'may be there', 'another']);
  });

  it('[S19] commands that others keep coming before take effect in the end, each whole and once', async () => {
    const pod = await start();
    const elsewhere = await start();
    const plan = await created(pod);
    const typist = elsewhere.connect(plan.name);
    await typist.synced;
    let batches = 0;
    // Another pod's edit comes first, most of the time: as when somebody types there and the fan-out is slow.
    const interfere = async (params: unknown[]) => {
      batches += 1;
      if (!(params[11] as unknown[]).length || batches % 5 === 4) return;
      database.onAppend(null);
      typist.doc.getMap('metadata').set('owner', `${batches}`);
      await typist.acknowledged();
      database.onAppend(interfere);
    };
    database.onAppend(interfere);
    const before = database.transactions();
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        pod.command(
          plan.ref,
          `s${n}`,
          update(
            ...Array.from({ length: 1 + ((n * 7) % 5) }, (_, k) => ({
              op: 'add_step' as const,
              title: `${n}.${k} ${'x'.repeat((n * 13) % 29)}`,
            })),
          ),
        ),
      ),
    );
    database.onAppend(null);
    expect(replies.filter((reply) => !reply.ok)).toEqual([]);
    expect(database.transactions()).toBeGreaterThan(before);
    const stored = new Y.Doc();
    for (const row of (await pod.reader.read(plan.id)).rows) Y.applyUpdate(stored, row.update);
    const changed = replies.flatMap((reply) => (reply.ok ? reply.value.changed : []));
    expect(changed.filter((step) => !stored.getMap('steps').has(step))).toEqual([]);
    expect(stored.getMap('steps').size).toBe(3 + changed.length);
    expect(stored.store.pendingStructs).toBeNull();
  });

  it('[S28] a refusal is of the document as it is now: the pod that has not heard of others’ rows reads them first', async () => {
    const [one, other] = [await start(), await start()];
    const plan = await created(one);
    await other.read(plan.ref);
    const added = await one.command(plan.ref, 'add', update({ op: 'add_step', title: 'new' }));
    const step = added.ok ? added.value.changed[0]! : '';
    const tick = update({ op: 'edit_step', step, done: true });
    expect(await other.command(plan.ref, 'tick', tick)).toMatchObject({ ok: true, seq: 3 });
    expect(await one.command(plan.ref, 'gone', update({ op: 'remove_step', step }))).toMatchObject({
      ok: true,
      seq: 4,
    });
    const strict = (base_rev: number): Verb => ({
      verb: 'plan.update',
      args: { changes: [{ op: 'set', title: 'New' }], base_rev },
    });
    expect(await other.command(plan.ref, 'late', strict(2))).toMatchObject({
      error: { code: 'stale_revision', extra: { revision: 4 } },
    });
    expect(await one.command(plan.ref, 'set', update({ op: 'set', owner: 'one' }))).toMatchObject({ seq: 5 });
    expect(await other.command(plan.ref, 'now', strict(5))).toMatchObject({ ok: true, seq: 6 });
  });

  it('[S10, S28] a command that takes effect elsewhere while it waits here is not refused because of its own effect', async () => {
    const hub = new FanoutHub();
    const connected = (id: string, db: Database) => {
      const fanout = new MemoryFanout({ hub, onListenerError: raise });
      return startTestPod(db, {}, { fanout, id });
    };
    const slow = controllable(test.db);
    const [one, other] = [await connected('one', database.db), await connected('other', slow.db)];
    pods.push(one, other);
    const plan = await created(one);
    await other.read(plan.ref);
    const step = (await one.read(plan.ref)) as { value: { steps: { id: string }[] } };
    const remove = update({ op: 'remove_step', step: step.value.steps[0]!.id });

    const elsewhere = newPlan();
    const release = slow.hold();
    const held = other.command(elsewhere.ref, 'create', create('Holds the journal up', []));
    await pause(50);
    const again = other.command(plan.ref, 'remove', remove);
    await pause(50);
    const first = await one.command(plan.ref, 'remove', remove);
    expect(first).toMatchObject({ ok: true, seq: 2 });
    await until(async () => ((await other.read(plan.ref)) as { seq: number }).seq === 2);
    release();
    expect(await again).toEqual(first);
    await held;
  });

  it('[S13] an answer is never older than the revision that the request names', async () => {
    const [one, other] = [await start(), await start()];
    const plan = await created(one);
    await other.read(plan.ref);
    const reply = await one.command(plan.ref, 'set', update({ op: 'set', title: 'New' }));
    expect(await other.read(plan.ref, reply.ok ? reply.seq : 0)).toMatchObject({ seq: 2, value: { title: 'New' } });
    expect(await other.read(plan.ref, 99)).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
  });

  it('refuses a command whose base_rev is not the revision any more', async () => {
    const pod = await start();
    const plan = await created(pod);
    const strict = (base_rev: number): Verb => ({
      verb: 'plan.update',
      args: { changes: [{ op: 'set', title: `at ${base_rev}` }], base_rev },
    });
    expect(await pod.command(plan.ref, 'a', strict(1))).toMatchObject({ ok: true, seq: 2 });
    expect(await pod.command(plan.ref, 'b', strict(1))).toMatchObject({
      error: { code: 'stale_revision', extra: { revision: 2 } },
    });
  });

  it('answers what it cannot read, and what is not there', async () => {
    const pod = await start();
    const plan = newPlan();
    expect(await pod.read(plan.ref)).toMatchObject({ error: { code: 'not_found' } });
    expect(await pod.command(plan.ref, 'x', update({ op: 'set', title: 'x' }))).toMatchObject({
      error: { code: 'not_found' },
    });
    expect(await pod.command({ ...plan.ref, id: 'no/such' }, 'x', update({ op: 'set', title: 'x' }))).toMatchObject({
      error: { code: 'invalid_request' },
    });
  });

  it('[S18] the projection follows, and is caught up after a crash', async () => {
    const pod = await start();
    const plan = await created(pod);
    const projection = createProjection(test.db);
    const behind = async () => (await projection.behind(1000)).some((row) => row.id === plan.id);
    await until(async () => !(await behind()));
    await test.db.query('UPDATE projected SET seq = 0 WHERE document = $1', [plan.id]);
    expect(await behind()).toBe(true);
    const restarted = await start();
    expect(await restarted.pod.catchUpProjection()).toBeGreaterThan(0);
    expect(await behind()).toBe(false);
  });
});

it('[S18] one pod at a time keeps house: it projects what another left behind', async () => {
  const test = await pgliteTestDatabase();
  await migrate(test.db);
  const dying = await startTestPod(test.db);
  const plan = newPlan();
  await dying.command(plan.ref, 'c', create('Left behind', []));
  await dying.stop();
  await test.db.query('DELETE FROM records');
  await test.db.query('DELETE FROM projected');
  const other = await startTestPod(test.db, { housekeepingEveryMs: 50 });
  await until(async () => (await test.db.query('SELECT 1 FROM records')).length > 0);
  expect(await test.db.query('SELECT owner FROM leases')).toHaveLength(1);
  await other.stop();
  await test.drop();
});

it('[S27] a pod that stops waits for one document of those left behind, not for all', async () => {
  const test = await pgliteTestDatabase();
  await migrate(test.db);
  const dying = await startTestPod(test.db);
  for (let n = 0; n < 40; n++) await dying.command(newPlan().ref, 'c', create(`Left behind ${n}`, []));
  await dying.stop();
  await test.db.query('DELETE FROM records');
  await test.db.query('DELETE FROM projected');
  const database = controllable(test.db);
  const read = database.holdReads();
  const other = await startTestPod(database.db, { housekeepingEveryMs: 50 });
  await until(() => other.pod.rooms > 0);
  const stopped = other.stop();
  read();
  await stopped;
  expect((await test.db.query('SELECT 1 FROM projected')).length).toBeLessThanOrEqual(1);
  await test.drop();
});

function create(title: string, steps: string[]): Verb {
  return { verb: 'plan.create', args: { title, steps: steps.map((step) => ({ title: step })), blocks: [] } };
}

function update(...changes: PlanChange[]): Verb {
  return { verb: 'plan.update', args: { changes } };
}

async function titles(pod: TestPod, plan: ReturnType<typeof newPlan>): Promise<string[]> {
  const { head } = await pod.reader.read(plan.id);
  const reply = await pod.read(plan.ref, head);
  if (!reply.ok) throw new Error(reply.error.detail);
  return reply.value.steps.map((step) => step.title);
}

function raise(error: unknown): never {
  throw error;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
