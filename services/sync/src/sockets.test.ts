import { createHash } from 'node:crypto';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { MessageType } from '@hocuspocus/server';
import * as encoding from 'lib0/encoding';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { controllable, newPlan, startTestPod, type TestPod, until } from './testing.ts';

const LIMITS = { maxFrameBytes: 100_000, maxUpdateBytes: 50_000, maxConnections: 4 };

describe('sockets', () => {
  let test: TestDatabase;
  let pod: TestPod;
  beforeAll(async () => {
    test = await pgliteTestDatabase();
    await migrate(test.db);
  });
  beforeEach(async () => {
    pod = await startTestPod(test.db, LIMITS);
  });
  afterEach(() => pod.stop());
  afterAll(() => test.drop());

  const raw = async (path: string, at = pod) => {
    const socket = new WebSocket(at.url + path);
    const closed = new Promise<{ code: number; reason: string }>((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    await new Promise((resolve) => socket.once('open', resolve));
    return { socket, closed };
  };
  const authenticated = async (name: string, at = pod) => {
    const client = await raw(name, at);
    client.socket.send(auth(name, 'person:raw'));
    await new Promise((resolve) => client.socket.once('message', resolve));
    return client;
  };

  it.each([
    ['an unknown kind', 'board:x'],
    ['no name', 'plan:'],
    ['a name with bad characters', 'plan:a%2Fb'],
    ['a broken escape', 'plan:%zz'],
  ])('closes with 4404 for %s', async (_, path) => {
    expect(await (await raw(path)).closed).toMatchObject({ code: 4404 });
  });

  it('[S14] closes with 4409 when a frame names another document', async () => {
    const { name } = newPlan();
    const { socket, closed } = await authenticated(name);
    socket.send(auth('plan:another', ''));
    expect(await closed).toEqual({ code: 4409, reason: `This socket serves ${name} and no other document.` });
  });

  it('[S14] closes with 4409 when a frame comes under another session’s address', async () => {
    const { name } = newPlan();
    const { socket, closed } = await authenticated(name);
    socket.send(auth(`${name}\0second`, 'person:raw'));
    expect(await closed).toMatchObject({ code: 4409 });
  });

  it('does not read on while too much of a client is not dealt with', async () => {
    const database = controllable(test.db);
    const slow = await startTestPod(database.db, { maxBytesInFlight: 1_000_000 });
    const plan = newPlan();
    const { socket } = await authenticated(plan.name, slow);
    const release = database.hold();
    const chunk = textUpdate(LIMITS.maxUpdateBytes - 1000);
    for (let n = 0; n < 1000; n++) socket.send(sync(plan.name, 2, chunk));
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    // What the system's own buffers do not hold is still with the client.
    expect(socket.bufferedAmount).toBeGreaterThan(20_000_000);
    release();
    await until(() => socket.bufferedAmount === 0);
    socket.close();
    await slow.stop();
  });

  it('closes with 4001 for a token that is none, and says so in the protocol first', async () => {
    const { name } = newPlan();
    const { socket, closed } = await raw(name);
    const said = new Promise<Buffer>((resolve) => socket.once('message', resolve));
    socket.send(auth(name, 'root'));
    expect((await said).includes(MessageType.Auth)).toBe(true);
    expect(await closed).toMatchObject({ code: 4001 });
  });

  const update = (bytes: Uint8Array) => (name: string) => sync(name, 2, bytes);
  it.each([
    ['an empty frame', () => new Uint8Array(0)],
    ['noise', () => Uint8Array.of(255, 255, 255, 255, 1)],
    ['a type that no client sends', (name: string) => frame(name, MessageType.BroadcastStateless)],
    ['an unknown type', (name: string) => frame(name, 99)],
    ['a sync step that is none', (name: string) => sync(name, 7, Uint8Array.of(0, 0))],
    ['an update that is none', update(Uint8Array.of(1, 2, 3))],
    ['an empty update', update(new Uint8Array(0))],
    ['a state vector that is none', (name: string) => sync(name, 0, Uint8Array.of(200, 1, 200))],
    ['an awareness update that is none', (name: string) => awareness(name, Uint8Array.of(1, 1, 1, 3, 123, 123, 123))],
    ['text', () => 'hello'],
  ])('[S15, S16, S17] %s closes its own socket with 4400 and nobody else’s', async (_, make) => {
    const plan = newPlan();
    const healthy = pod.connect(plan.name);
    await healthy.synced;
    const { socket, closed } = await authenticated(plan.name);
    socket.send(make(plan.name));
    expect((await closed).code).toBe(4400);
    healthy.doc.getMap('metadata').set('title', 'still here');
    await healthy.acknowledged();
    expect(pod.pod.connections).toBe(1);
    expect(await counted('invalid_request')).toBe(1);
  });

  it('[S15] closes with 4413 for a frame or an update that is too large', async () => {
    const { name } = newPlan();
    const first = await authenticated(name);
    first.socket.send(new Uint8Array(LIMITS.maxFrameBytes + 1));
    expect((await first.closed).code).toBe(4413);
    const second = await authenticated(name);
    second.socket.send(sync(name, 2, textUpdate(LIMITS.maxUpdateBytes + 1)));
    expect((await second.closed).code).toBe(4413);
    const third = await authenticated(name);
    third.socket.send(new Uint8Array(2 * LIMITS.maxFrameBytes + 1));
    expect((await third.closed).code).toBe(1009);
    expect(await counted('too_large')).toBe(2);
  });

  it('takes no more clients than its limit, and refuses the next with 1013', async () => {
    const { name } = newPlan();
    const held = await Promise.all(Array.from({ length: LIMITS.maxConnections }, () => raw(name)));
    expect(await (await raw(name)).closed).toMatchObject({ code: 1013 });
    held[0]!.socket.close();
    await until(() => pod.pod.connections < LIMITS.maxConnections);
    const { socket } = await authenticated(name);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    expect(await counted('full')).toBe(1);
  });

  it('survives thousands of broken frames while others work', async () => {
    const plan = newPlan();
    const healthy = pod.connect(plan.name);
    await healthy.synced;
    for (let n = 0; n < 500; n++) {
      const { socket, closed } = await raw(plan.name);
      if (n % 2) socket.send(auth(plan.name, 'person:fuzz'));
      for (let k = 0; k < 4; k++) socket.send(noise(n * 4 + k, plan.name));
      socket.close();
      await closed;
    }
    healthy.doc.getMap('metadata').set('title', 'alive');
    await healthy.acknowledged();
    expect(await pod.read(plan.ref)).toMatchObject({ ok: true, value: { title: 'alive' } });
  });

  async function counted(reason: string): Promise<number> {
    const metric = await pod.metrics.registry.getSingleMetric('syncline_sockets_closed_total')!.get();
    return metric.values.find((value) => value.labels['reason'] === reason)?.value ?? 0;
  }
});

function frame(name: string, type: number, write: (encoder: encoding.Encoder) => void = () => {}): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, name);
  encoding.writeVarUint(encoder, type);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

function auth(name: string, token: string): Uint8Array {
  return frame(name, MessageType.Auth, (encoder) => {
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarString(encoder, token);
  });
}

function sync(name: string, step: number, payload: Uint8Array): Uint8Array {
  return frame(name, MessageType.Sync, (encoder) => {
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, payload);
  });
}

function awareness(name: string, payload: Uint8Array): Uint8Array {
  return frame(name, MessageType.Awareness, (encoder) => encoding.writeVarUint8Array(encoder, payload));
}

function textUpdate(length: number): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'x'.repeat(length));
  return Y.encodeStateAsUpdate(doc);
}

/** Bytes that are the same for the same number, every other time behind a valid beginning. */
function noise(seed: number, name: string): Uint8Array {
  const bytes = createHash('sha512').update(`${seed}`).digest();
  return seed % 3 ? frame(name, seed % 9, (encoder) => encoding.writeUint8Array(encoder, bytes)) : bytes;
}
