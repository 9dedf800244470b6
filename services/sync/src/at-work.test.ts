import { FanoutHub, MemoryFanout } from '@syncline/bus';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { decodeFrame, encodeFrame, type PresenceState, type Principal, type Verb } from '@syncline/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { frames, presenceFrame } from '../sim/wire.ts';
import { encodeStates } from './edits/frame.ts';
import { type Client, newPlan, startTestPod, type TestPod, until } from './testing.ts';

const AGENT = { type: 'agent', id: 'Claude', name: 'Claude' } as const;
const IDLE_MS = 1_000;
const onListenerError = (error: unknown) => {
  throw error;
};

let test: TestDatabase;
const hub = new FanoutHub();
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  test = await pgliteTestDatabase();
  await migrate(test.db);
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
afterAll(() => test.drop());

const start = async (limits = {}, id = 'here') => {
  const fanout = new MemoryFanout({ hub, onListenerError });
  const pod = await startTestPod(test.db, { atWorkMs: IDLE_MS, ...limits }, { fanout, id });
  ends.push(() => pod.stop());
  return pod;
};

/** A plan with one step, somebody who watches it, and what other pods hear of it. */
async function watched(pod: TestPod) {
  const plan = newPlan();
  const create = { title: 'Plan', steps: [{ title: 'One' }], blocks: [] };
  const silent = { type: 'system', id: 'test', name: 'Test' } as const;
  await act(pod, plan.ref, { verb: 'plan.create', args: create } as Verb, silent);
  const watcher = pod.connect(plan.name, 'person:watcher');
  await watcher.synced;
  const elsewhere = new MemoryFanout({ hub, onListenerError });
  ends.push(() => elsewhere.close());
  const heard = { edits: 0, presence: 0, removed: [] as number[] };
  await elsewhere.listen(plan.id, (bytes) => {
    const frame = decodeFrame(bytes)!;
    if (frame.type === 'edit:v2') heard.edits += 1;
    if (frame.type !== 'awareness:v1') return;
    heard.removed.push(...frame.removed);
    heard.presence += 1;
  }).ready;
  return { plan, watcher, elsewhere, heard };
}

let commands = 0;
const act = (pod: TestPod, document: ReturnType<typeof newPlan>['ref'], verb: Verb, asker: Principal = AGENT) =>
  pod.ask(asker, { type: 'command', document, command: { id: `c${(commands += 1)}`, verb } });
const look = (pod: TestPod, document: ReturnType<typeof newPlan>['ref'], asker: Principal = AGENT) =>
  pod.ask(asker, { type: 'read', document });
const addStep = (title: string): Verb => ({ verb: 'plan.update', args: { changes: [{ op: 'add_step', title }] } });

/** Those at work, as a client sees them. */
const atWork = ({ provider }: Client) =>
  [...provider.awareness!.getStates()].flatMap(([client, state]) => {
    const { user } = state as Partial<PresenceState>;
    return user?.activity ? [{ client, ...user }] : [];
  });
const changedBy = (reply: Awaited<ReturnType<typeof act>>) =>
  (reply.ok ? (reply.value as { changed: string[] }) : null)?.changed;

/** A client that says whatever it is told to. */
async function raw(pod: TestPod, name: string) {
  const socket = new WebSocket(pod.url + name);
  ends.push(() => socket.close());
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(frames.auth(name, 'person:raw:Raw'));
  socket.send(frames.step1(name, new Y.Doc()));
  let clock = 0;
  const say = (client: number, state: unknown, at?: number) =>
    socket.send(presenceFrame(name, [{ client, clock: at ?? (clock += 1), state: JSON.stringify(state) }]));
  return { say };
}

describe('[S57] who acts through the gateway', () => {
  it('is there as whom the pod knows it, reads, edits with what it changed, and is gone in time', async () => {
    const pod = await start();
    const { plan, watcher, heard } = await watched(pod);
    const { head } = await pod.reader.read(plan.id);
    await look(pod, plan.ref);
    await until(() => atWork(watcher).length === 1);
    const [reader] = atWork(watcher);
    expect(reader).toEqual({
      client: reader!.client,
      id: 'Claude',
      kind: 'agent',
      name: 'Claude',
      activity: { type: 'reading' },
    });
    const reply = await act(pod, plan.ref, addStep('Two'));
    const changed = changedBy(reply);
    expect(changed).toHaveLength(1);
    await until(() => atWork(watcher)[0]?.activity?.type === 'editing');
    expect(atWork(watcher)).toEqual([{ ...reader, activity: { type: 'editing', revision: head + 1, changed } }]);
    await until(() => atWork(watcher).length === 0);
    expect(heard.removed).toEqual([reader!.client]);
    // The journal has the edit, and nothing else.
    expect((await pod.reader.read(plan.id)).head).toBe(head + 1);
  });

  it('costs others one word at most for a call', async () => {
    const pod = await start({ atWorkMs: 20_000 });
    const { plan, watcher, heard } = await watched(pod);
    await act(pod, plan.ref, addStep('Two'));
    for (let n = 0; n < 20; n++) await look(pod, plan.ref);
    const marker = await pod.reader.read(plan.id);
    watcher.doc.getMap('metadata').set('marker', 'x');
    await until(() => heard.edits === 2);
    expect({ head: marker.head, ...heard }).toEqual({ head: 2, edits: 2, presence: 1, removed: [] });
  });

  it('is there in documents of every kind', async () => {
    const pod = await start();
    const ref = { ...newPlan().ref, kind: 'doc' } as const;
    const writer = pod.connect(`doc:${ref.id}`, 'person:writer');
    await writer.synced;
    writer.doc.getMap('own').set('key', 'x');
    await writer.acknowledged();
    await look(pod, ref);
    await until(() => atWork(writer).length === 1);
    expect(atWork(writer)[0]).toMatchObject({ id: 'Claude', kind: 'agent', activity: { type: 'reading' } });
    const verb = { verb: 'doc.rename', args: { title: 'Board' } } as const;
    expect(await act(pod, ref, verb)).toMatchObject({ ok: true });
    await until(() => atWork(writer)[0]?.activity?.type === 'editing');
  });

  it('is one of few in a document; others are counted', async () => {
    const pod = await start({ maxAtWork: 1 });
    const { plan, watcher } = await watched(pod);
    for (const id of ['Claude', 'Codex', 'Codex']) await look(pod, plan.ref, { type: 'agent', id, name: id });
    await until(() => atWork(watcher).length === 1);
    const counter = pod.metrics.registry.getSingleMetric('syncline_at_work_unshown_total')!;
    expect((await counter.get()).values[0]?.value).toBe(2);
    expect(atWork(watcher)[0]!.name).toBe('Claude');
  });

  it('is a person, where a person asks, and nobody else’s, where nobody has said who they are', async () => {
    const pod = await start();
    const { plan, watcher } = await watched(pod);
    await look(pod, plan.ref, { type: 'person', id: 'ann', name: 'Ann\u202e' });
    await look(pod, plan.ref, { type: 'person', id: 'anonymous', name: 'Anonymous' });
    await until(() => atWork(watcher).length === 2);
    const [ann, unnamed] = atWork(watcher);
    expect(ann).toMatchObject({ id: 'ann', kind: 'human', name: 'Ann' });
    expect(unnamed).toMatchObject({ id: expect.stringMatching(/^anonymous:\w+$/), kind: 'human' });
  });

  it('is not there when what they asked was refused, nor when Syncline itself asks', async () => {
    const pod = await start();
    const { plan, watcher, heard } = await watched(pod);
    const nothing = { type: 'read', document: newPlan().ref } as const;
    expect(await pod.ask(AGENT, nothing)).toMatchObject({ ok: false });
    const stale: Verb = { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'x' }], base_rev: 99 } };
    expect(await act(pod, plan.ref, stale)).toMatchObject({ ok: false });
    await look(pod, plan.ref, { type: 'system', id: 'test', name: 'Test' });
    await act(pod, plan.ref, addStep('Two'));
    await until(() => atWork(watcher).length === 1);
    expect(heard.presence).toBe(1);
  });

  it('changes nothing by a copy of a command, and in a new document nothing that was there', async () => {
    const pod = await start();
    const { plan, watcher, heard } = await watched(pod);
    const command = { id: 'copied', verb: addStep('Two') };
    for (let n = 0; n < 2; n++) await pod.ask(AGENT, { type: 'command', document: plan.ref, command });
    await until(() => atWork(watcher)[0]?.activity?.type === 'editing');
    expect(heard.presence).toBe(1);

    const other = newPlan();
    const early = pod.connect(other.name, 'person:watcher');
    await early.synced;
    const args = { title: 'New', steps: [{ title: 'One' }], blocks: [] };
    await act(pod, other.ref, { verb: 'plan.create', args } as Verb);
    await until(() => atWork(early).length === 1);
    expect(atWork(early)[0]!.activity).toEqual({ type: 'editing', revision: 1, changed: [] });
  });

  it('is neither spoken for, nor removed, nor played by a client, here or elsewhere, also under their name', async () => {
    const pod = await start({ atWorkMs: 20_000 });
    const there = await start({}, 'there');
    const { plan, watcher, elsewhere } = await watched(pod);
    const far = there.connect(plan.name, 'person:far');
    await far.synced;
    const reply = await act(pod, plan.ref, addStep('Two'));
    await until(() => atWork(watcher).length === 1 && atWork(far).length === 1);
    const [before] = atWork(watcher);
    const activity = { type: 'editing', revision: 9, changed: changedBy(reply) };
    const MARK = 77;
    for (const at of [pod, there]) {
      const someone = await raw(at, plan.name);
      for (const state of [{ user: { ...before, name: 'Impostor', activity } }, { user: { activity } }, null])
        someone.say(before!.client, state, 1_000);
      someone.say(MARK, { user: { id: 'Claude', kind: 'agent', name: `at ${at.url}`, activity }, activity });
      const seen = (client: Client) => client.provider.awareness!.getStates().get(MARK) as PresenceState | undefined;
      await until(() => [watcher, far].every((client) => seen(client)?.user.name === `at ${at.url}`));
      for (const client of [watcher, far]) {
        expect(seen(client)).toEqual({ user: { id: 'raw', kind: 'human', name: `at ${at.url}` } });
        expect(atWork(client)).toEqual([before]);
      }
    }
    // Nor by what another pod says, within the time in which it may have had others before this one.
    const state = JSON.stringify({ user: { id: 'raw', kind: 'human', name: 'Pod' } });
    const update = encodeStates([
      { client: before!.client, clock: 2_000, state },
      { client: MARK + 1, clock: 1, state },
    ]);
    const removed = [before!.client];
    elsewhere.publish(plan.id, encodeFrame({ type: 'awareness:v1', pod: 'old', update, removed }));
    await until(() => watcher.provider.awareness!.getStates().has(MARK + 1));
    expect(atWork(watcher)).toEqual([before]);
  });

  it('is there for those who come later, at this pod and at others, and leaves when the document or the pod does', async () => {
    const pod = await start({ atWorkMs: 25_000, lingerMs: 300 });
    const { plan, watcher, heard } = await watched(pod);
    await look(pod, plan.ref);
    await until(() => atWork(watcher).length === 1);
    const there = await start({}, 'there');
    const late = there.connect(plan.name, 'person:late');
    await until(() => atWork(late).length === 1);
    watcher.provider.destroy();
    // Held by nobody but one who has read it, the document leaves the pod as if they had not.
    await until(() => pod.pod.rooms === 0);
    await until(() => atWork(late).length === 0);
    const before = heard.removed.length;
    await look(pod, plan.ref);
    await until(() => atWork(late).length === 1);
    ends.shift();
    await pod.stop();
    await until(() => atWork(late).length === 0);
    expect(heard.removed.length).toBe(before + 1);
  });
});
