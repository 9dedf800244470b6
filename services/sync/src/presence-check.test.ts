import { openAccess, openGrant, openPrincipal } from '@syncline/auth';
import { FanoutHub, MemoryFanout } from '@syncline/bus';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { encodeFrame, type PresenceState } from '@syncline/protocol';
import { presenceFault, presenceShapes } from '@syncline/protocol/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { frames, presenceFrame } from '../sim/wire.ts';
import { encodeStates } from './edits/frame.ts';
import { type Client, newPlan, startTestPod, type TestPod, until } from './testing.ts';

const onListenerError = (error: unknown) => {
  throw error;
};
const hub = new FanoutHub();
const elsewhere = new MemoryFanout({ hub, onListenerError });
const POSITION = { type: null, tname: 'document', item: { client: 1, clock: 0 }, assoc: 0 };
const ANN = 1001;
const RAW = 2002;
const MARK = 2003;

let test: TestDatabase;
let here: TestPod;
let there: TestPod;
const sockets: WebSocket[] = [];
beforeAll(async () => {
  test = await pgliteTestDatabase();
  await migrate(test.db);
  const bus = (id: string) => ({ id, fanout: new MemoryFanout({ hub, onListenerError }) });
  here = await startTestPod(test.db, {}, bus('here'));
  there = await startTestPod(test.db, {}, bus('there'));
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});
afterAll(async () => {
  await here.stop();
  await there.stop();
  await elsewhere.close();
  await test.drop();
});

/** A client that says whatever it is told to. */
async function raw(pod: TestPod, name: string, token: string) {
  const socket = new WebSocket(pod.url + name);
  sockets.push(socket);
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(frames.auth(name, token));
  socket.send(frames.step1(name, new Y.Doc()));
  let clock = 0;
  const say = (client: number, state: unknown, at?: number) =>
    socket.send(presenceFrame(name, [{ client, clock: at ?? (clock += 1), state: JSON.stringify(state) }]));
  return { socket, closed, say };
}

async function watch(name: string): Promise<Client[]> {
  const watchers = [here, there].map((pod) => pod.connect(name, 'person:watcher'));
  await Promise.all(watchers.map(({ synced }) => synced));
  for (const { provider } of watchers) provider.setAwarenessField('user', { name: 'Watcher' });
  return watchers;
}
const stateOf = (watcher: Client, client: number) =>
  watcher.provider.awareness!.getStates().get(client) as PresenceState | undefined;
const nameOf = (watcher: Client, client: number) => stateOf(watcher, client)?.user.name;
/** Until everyone who watches knows the client under this name. */
const known = (watchers: Client[], client: number, name: string) =>
  until(() => watchers.every((watcher) => nameOf(watcher, client) === name));

describe('[S55, S54] what a client says of itself', () => {
  it('reaches clients, this pod and others only as its kind of document lets it be said, in 200 shapes', async () => {
    const plan = newPlan();
    const watchers = await watch(plan.name);
    const ann = await raw(here, plan.name, 'person:ann:Ann');
    const someone = await raw(here, plan.name, 'person:raw:Raw');
    ann.say(ANN, { user: { name: 'Ann' }, cursor: { anchor: POSITION, head: POSITION } });
    await known(watchers, ANN, 'Ann');
    const asAnnSaid = JSON.stringify(stateOf(watchers[0]!, ANN));
    const faults: string[] = [];
    const shapes = presenceShapes({
      victim: { client: ANN, id: 'ann' },
      canary: 'http://canary.invalid',
      position: POSITION,
      items: [{ client: 1, clock: 0 }],
    });
    for (const [n, { what, state, client }] of shapes.entries()) {
      someone.say(client ?? RAW, state);
      someone.say(MARK, { user: { name: `${n}` } });
      await known(watchers, MARK, `${n}`);
      for (const watcher of watchers) {
        const fault = client === undefined ? presenceFault(stateOf(watcher, RAW), { id: 'raw', kind: 'human' }) : '';
        const isAnnHarmed = JSON.stringify(stateOf(watcher, ANN)) !== asAnnSaid;
        if (fault || isAnnHarmed) faults.push(`${what}: ${fault}`);
      }
    }
    expect(faults).toEqual([]);
    expect(someone.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('is checked again when it comes from another pod, which may be an older one', async () => {
    const plan = newPlan();
    const watchers = await watch(plan.name);
    const user = { id: 'bob', kind: 'agent', name: 'Bob\u202e', color: 'red;background:url(http://canary.invalid)' };
    const said = JSON.stringify({ user, cursor: { x: 1, y: 2 }, selection: 1 });
    const update = encodeStates([
      { client: RAW, clock: 5, state: said },
      { client: MARK, clock: 2 ** 53 - 1, state: said },
    ]);
    elsewhere.publish(plan.id, encodeFrame({ type: 'awareness:v1', pod: 'old', update, removed: [] }));
    await known(watchers, RAW, 'Bob');
    for (const watcher of watchers) {
      expect(stateOf(watcher, RAW)).toEqual({ user: { id: 'bob', kind: 'agent', name: 'Bob' } });
      expect(stateOf(watcher, MARK)).toBeUndefined();
    }
  });

  it('is of an agent, where the pod knows it as one, and of nobody else, where nobody has said who they are', async () => {
    const access = {
      ...openAccess,
      ofSocket: (token: string) =>
        token.startsWith('agent') ? openGrant(openPrincipal({ 'x-agent': 'Claude' })) : openAccess.ofSocket(token),
    };
    const pod = await startTestPod(test.db, {}, { access });
    const plan = newPlan();
    const watcher = pod.connect(plan.name);
    await watcher.synced;
    const all = [await raw(pod, plan.name, 'agent'), await raw(pod, plan.name, ''), await raw(pod, plan.name, '')];
    for (const [n, { say }] of all.entries()) say(n + 1, { user: { id: 'p1', kind: 'human' } });
    await until(() => [1, 2, 3].every((client) => stateOf(watcher, client)));
    expect(stateOf(watcher, 1)!.user).toEqual({ id: 'Claude', kind: 'agent', name: 'Claude' });
    const ids = [2, 3].map((client) => stateOf(watcher, client)!.user.id);
    expect(ids[0]).toMatch(/^anonymous:\w+$/);
    expect(ids[1]).not.toBe(ids[0]);
    await pod.stop();
  });

  it('is of nobody else, where many bring the one token that a tutorial told them to', async () => {
    const plan = newPlan();
    const watchers = await watch(plan.name);
    const one = await raw(here, plan.name, 'super-secret-token');
    const other = await raw(here, plan.name, 'super-secret-token');
    one.say(ANN, { user: { name: 'One' } });
    await known(watchers, ANN, 'One');
    for (const state of [{ user: { name: 'Other' } }, null]) other.say(ANN, state, 1_000);
    other.say(RAW, { user: { name: 'Other' } });
    await known(watchers, RAW, 'Other');
    for (const watcher of watchers) {
      expect(nameOf(watcher, ANN)).toBe('One');
      const ids = [ANN, RAW].map((client) => stateOf(watcher, client)!.user.id);
      expect(ids[0]).toMatch(/^anonymous:\w+$/);
      expect(ids[1]).toMatch(/^anonymous:\w+$/);
      expect(ids[1]).not.toBe(ids[0]);
    }
  });

  it('closes with 4400 whose clock is such that nobody could read the next one', async () => {
    const plan = newPlan();
    const someone = await raw(here, plan.name, 'person:raw');
    someone.say(RAW, {}, 2 ** 53 - 1);
    expect(await someone.closed).toBe(4400);
  });
});

describe('[S55] a client', () => {
  const say = (id: string, name: string) => ({ user: { id, kind: 'human', name } });
  const refused = async () =>
    (await here.metrics.registry.getSingleMetric('syncline_presence_refused_total')!.get()).values[0]?.value ?? 0;

  it.each([
    ['at its own pod', () => here],
    ['from another pod', () => there],
  ])('is not spoken for, renamed or removed by anybody else %s', async (_, other) => {
    const plan = newPlan();
    const watchers = await watch(plan.name);
    const ann = await raw(here, plan.name, 'person:ann');
    ann.say(ANN, say('ann', 'Ann'));
    await known(watchers, ANN, 'Ann');
    const someone = await raw(other(), plan.name, 'person:raw');
    for (const state of [say('ann', 'Impostor'), say('raw', 'Raw'), null]) someone.say(ANN, state, 1_000);
    someone.say(MARK, say('raw', 'done'));
    await known(watchers, MARK, 'done');
    someone.socket.close();
    await until(() => watchers.every((watcher) => !stateOf(watcher, MARK)));
    for (const watcher of watchers) expect(stateOf(watcher, ANN)).toEqual(say('ann', 'Ann'));
    ann.say(ANN, say('ann', 'Still Ann'));
    await known(watchers, ANN, 'Still Ann');
    ann.socket.close();
    await until(() => watchers.every((watcher) => !stateOf(watcher, ANN)));
  });

  it.each([
    ['at its own pod', () => here],
    ['from another pod', () => there],
  ])('that has left is kept for whose it was, against anybody who names it meanwhile %s', async (_, other) => {
    const plan = newPlan();
    const watchers = await watch(plan.name);
    const someone = await raw(other(), plan.name, 'person:raw');
    const ann = await raw(here, plan.name, 'person:ann');
    ann.say(ANN, say('ann', 'Ann'));
    await known(watchers, ANN, 'Ann');
    ann.socket.close();
    await until(() => watchers.every((watcher) => !stateOf(watcher, ANN)));
    someone.say(ANN, say('ann', 'Impostor'), 1_000);
    someone.say(MARK, say('raw', 'done'));
    await known(watchers, MARK, 'done');
    for (const watcher of watchers) expect(stateOf(watcher, ANN)).toBeUndefined();
    const back = await raw(here, plan.name, 'person:ann');
    back.say(ANN, say('ann', 'Ann again'));
    await known(watchers, ANN, 'Ann again');
  });

  it('that has left is kept also against a pod that does not keep it', async () => {
    const plan = newPlan();
    const watchers = await watch(plan.name);
    const ann = await raw(here, plan.name, 'person:ann');
    ann.say(ANN, say('ann', 'Ann'));
    await known(watchers, ANN, 'Ann');
    // Until no pod believes that others had the client before it.
    await new Promise((resolve) => {
      setTimeout(resolve, 2_100);
    });
    ann.socket.close();
    await until(() => watchers.every((watcher) => !stateOf(watcher, ANN)));
    const update = encodeStates([
      { client: ANN, clock: 1_000, state: JSON.stringify(say('raw', 'Raw')) },
      { client: MARK, clock: 1, state: JSON.stringify(say('raw', 'done')) },
    ]);
    elsewhere.publish(plan.id, encodeFrame({ type: 'awareness:v1', pod: 'old', update, removed: [] }));
    await known(watchers, MARK, 'done');
    for (const watcher of watchers) expect(stateOf(watcher, ANN)).toBeUndefined();
    const back = await raw(there, plan.name, 'person:ann');
    back.say(ANN, say('ann', 'Ann again'));
    await known(watchers, ANN, 'Ann again');
  });

  it('that has left can be anybody’s, where nobody had said whose it was', async () => {
    const plan = newPlan();
    const watchers = await watch(plan.name);
    for (const name of ['First', 'Second']) {
      const someone = await raw(here, plan.name, '');
      someone.say(ANN, say('', name));
      await known(watchers, ANN, name);
      someone.socket.close();
      await until(() => watchers.every((watcher) => !stateOf(watcher, ANN)));
    }
  });

  it('goes over to the same person’s next connection, before the last one is known to be gone, and leaves with that', async () => {
    const plan = newPlan();
    const watchers = await watch(plan.name);
    const first = await raw(here, plan.name, 'person:ann');
    first.say(ANN, say('ann', 'First'));
    await known(watchers, ANN, 'First');
    const second = await raw(there, plan.name, 'person:ann');
    second.say(ANN, say('ann', 'Second'), 50);
    await known(watchers, ANN, 'Second');
    const third = await raw(there, plan.name, 'person:ann');
    third.say(ANN, say('ann', 'Third'), 60);
    await known(watchers, ANN, 'Third');
    second.socket.close();
    await second.closed;
    third.say(ANN, say('ann', 'Third still'), 70);
    await known(watchers, ANN, 'Third still');
    third.socket.close();
    first.socket.close();
    await until(() => watchers.every((watcher) => !stateOf(watcher, ANN)));
  });

  it('that was named by somebody else at a pod that had not yet heard of it is its owner’s again as that hears', async () => {
    const plan = newPlan();
    const watcher = here.connect(plan.name, 'person:watcher');
    await watcher.synced;
    const ann = await raw(here, plan.name, 'person:ann');
    const someone = await raw(there, plan.name, 'person:raw');
    someone.say(ANN, say('raw', 'Raw'), 900);
    const late = there.connect(plan.name, 'person:late');
    await until(() => nameOf(late, ANN) === 'Raw');
    // What a pod that has had her all along answers to the question of one that has just loaded the document.
    const update = encodeStates([{ client: ANN, clock: 3, state: JSON.stringify(say('ann', 'Ann')) }]);
    elsewhere.publish(plan.id, encodeFrame({ type: 'awareness:v1', pod: 'third', update, removed: [] }));
    await known([watcher, late], ANN, 'Ann');
    const before = await refused();
    someone.say(ANN, say('raw', 'Raw again'), 1_000);
    ann.say(ANN, say('ann', 'Ann'), 901);
    someone.say(MARK, say('raw', 'done'));
    await known([watcher, late], MARK, 'done');
    for (const each of [watcher, late]) expect(nameOf(each, ANN)).toBe('Ann');
    expect(await refused()).toBe(before);
  });
});
