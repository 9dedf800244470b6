import { FanoutHub, MemoryFanout } from '@syncline/bus';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { encodeFrame } from '@syncline/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { frames } from '../sim/wire.ts';
import { newPlan, startTestPod, type TestPod, until } from './testing.ts';

describe('[S22] one whom several have spoken for', () => {
  const onListenerError = (error: unknown) => {
    throw error;
  };
  const hub = new FanoutHub();
  const elsewhere = new MemoryFanout({ hub, onListenerError });
  let test: TestDatabase;
  let pod: TestPod;
  beforeAll(async () => {
    test = await pgliteTestDatabase();
    await migrate(test.db);
    pod = await startTestPod(test.db, {}, { fanout: new MemoryFanout({ hub, onListenerError }), id: 'here' });
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
    awareness.setLocalState({ user: { name: 'x' } });
    const say = (pod: string, update: Uint8Array, removed: number[] = []) =>
      elsewhere.publish(plan.id, encodeFrame({ type: 'awareness:v1', pod, update, removed }));
    const seen = () => watcher.provider.awareness!.getStates().has(id);
    const nobody = encodeAwarenessUpdate(awareness, []);
    say('there', at(clock));
    await until(seen);
    return { plan, id, awareness, at, say, seen, nobody };
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

  it('belongs to the connection that names them, though its clock is older, and leaves the pod with it', async () => {
    const { plan, awareness, at, id } = await somebody(9);
    const socket = new WebSocket(pod.url + plan.name);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(frames.auth(plan.name, 'person:p2'));
    socket.send(frames.step1(plan.name, awareness.doc));
    at(3);
    socket.send(frames.awareness(plan.name, awareness, [id]));
    const room = [...pod.pod.loaded].find((room) => room.id === plan.id)!;
    await until(() =>
      room.document
        .getConnections()
        .some((connection) => (room.document.getClients(connection) as Set<number>).has(id)),
    );
    socket.close();
    await until(() => !room.document.awareness.getStates().has(id));
  });
});
