import { FanoutHub, MemoryFanout } from '@syncline/bus';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { decodeFrame, encodeFrame } from '@syncline/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { frames } from '../sim/wire.ts';
import { controllable, newPlan, startTestPod, type TestPod, until } from './testing.ts';

describe('[S22] one whom several have spoken for', () => {
  const onListenerError = (error: unknown) => {
    throw error;
  };
  const hub = new FanoutHub();
  const elsewhere = new MemoryFanout({ hub, onListenerError });
  let test: TestDatabase;
  let database: ReturnType<typeof controllable>;
  let pod: TestPod;
  beforeAll(async () => {
    test = await pgliteTestDatabase();
    await migrate(test.db);
    database = controllable(test.db);
    pod = await startTestPod(database.db, {}, { fanout: new MemoryFanout({ hub, onListenerError }), id: 'here' });
  });
  afterAll(async () => {
    await pod.stop();
    await elsewhere.close();
    await test.drop();
  });

  /** Somebody whose awareness has come to this clock, what other pods say of them, and whether a client here sees them. */
  const somebody = async (clock: number) => {
    const plan = newPlan();
    const watcher = pod.connect(plan.name);
    await watcher.synced;
    const awareness = new Awareness(new Y.Doc());
    const id = awareness.clientID;
    const at = (clock: number) => {
      awareness.meta.set(id, { clock, lastUpdated: 0 });
      return encodeAwarenessUpdate(awareness, [id]);
    };
    awareness.setLocalState({ user: { id: 'p2', kind: 'human', name: 'x' } });
    const say = (pod: string, update: Uint8Array, removed: number[] = []) =>
      elsewhere.publish(plan.id, encodeFrame({ type: 'awareness:v1', pod, update, removed }));
    const seen = () => watcher.provider.awareness!.getStates().has(id);
    const nobody = encodeAwarenessUpdate(awareness, []);
    say('there', at(clock));
    await until(seen);
    return { plan, watcher, id, awareness, at, say, seen, nobody };
  };

  it('is taken out by the pod that spoke last, though its clock was not newer, and by no other', async () => {
    const { id, at, say, seen, nobody } = await somebody(5);
    say('yonder', at(5));
    say('there', nobody, [id]);
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    expect(seen()).toBe(true);
    say('yonder', nobody, [id]);
    await until(() => !seen());
  });

  /** They come to this pod themselves. */
  const come = async ({ plan, awareness, id }: Awaited<ReturnType<typeof somebody>>) => {
    const socket = new WebSocket(pod.url + plan.name);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(frames.auth(plan.name, 'person:p2'));
    socket.send(frames.step1(plan.name, awareness.doc));
    socket.send(frames.awareness(plan.name, awareness, [id]));
    const { document } = [...pod.pod.loaded].find((room) => room.id === plan.id)!;
    const own = () => document.getConnections().find((each) => (document.getClients(each) as Set<number>).has(id));
    await until(() => own() !== undefined);
    return { socket, document, connection: own()! };
  };

  it('belongs to the connection that names them, though its clock is older, and leaves the pod and its clients with it', async () => {
    const one = await somebody(9);
    one.at(3);
    const { socket, document } = await come(one);
    const said = () => one.watcher.provider.awareness!.getStates().get(one.id)?.['user'];
    for (const name of ['y', 'z']) {
      one.awareness.setLocalState({ user: { id: 'p2', kind: 'human', name } });
      socket.send(frames.awareness(one.plan.name, one.awareness, [one.id]));
      await until(() => (said() as { name: string }).name === name);
    }
    socket.close();
    await until(() => !document.awareness.getStates().has(one.id));
    await until(() => !one.seen());
  });

  it('is nobody’s from the moment at which the pod ends the connection, however long the client takes to close it', async () => {
    const one = await somebody(5);
    const { socket, document } = await come(one);
    const heard: number[][] = [];
    await elsewhere.listen(one.plan.id, (bytes) => {
      const frame = decodeFrame(bytes);
      if (frame?.type === 'awareness:v1') heard.push(frame.removed);
    }).ready;
    // Hears nothing any more, and so does not answer the close.
    socket.pause();
    socket.send('not a frame');
    // Sooner than the core would find out, by whatever it next sends there.
    await until(() => heard.flat().includes(one.id), 5_000);
    expect(document.awareness.getStates().has(one.id)).toBe(false);
    // Over to another pod, and from there away for good.
    one.say('there', one.at(6));
    await until(one.seen);
    one.say('there', one.nobody, [one.id]);
    await until(() => !one.seen());
    socket.terminate();
  });

  it('does not come back by what they said before their connection ended', async () => {
    const one = await somebody(5);
    const { socket, document, connection } = await come(one);
    const release = database.hold();
    const words = new Y.Doc();
    words.getMap('metadata').set('last', 'words');
    socket.send(frames.update(one.plan.name, Y.encodeStateAsUpdate(words)));
    one.at(6);
    socket.send(frames.awareness(one.plan.name, one.awareness, [one.id]));
    socket.close();
    await until(() => !one.seen());
    release();
    // All that it has sent is dealt with.
    await connection.waitForPendingMessages();
    await until(() => one.watcher.doc.getMap('metadata').get('last') === 'words');
    expect(document.awareness.getStates().has(one.id)).toBe(false);
  });
});
