import { createHash } from 'node:crypto';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { MessageType } from '@hocuspocus/server';
import * as encoding from 'lib0/encoding';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { frame, frames, parse, sync } from '../sim/wire.ts';
import { encodeStates } from './edits/frame.ts';
import type { PodLimits } from './pod.ts';
import { type Client, controllable, newPlan, startTestPod, type TestPod, until } from './testing.ts';

const PONG = 10;
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

  const raw = async (path: string, at = pod, localAddress = '127.0.0.1') => {
    const socket = new WebSocket(at.url + path, { localAddress });
    const closed = new Promise<{ code: number; reason: string }>((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    await new Promise((resolve) => socket.once('open', resolve));
    return { socket, closed };
  };
  const authenticated = async (name: string, at = pod) => {
    const client = await raw(name, at);
    client.socket.send(frames.auth(name, 'person:raw'));
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
    socket.send(frames.auth('plan:another', ''));
    expect(await closed).toEqual({ code: 4409, reason: `This socket serves ${name} and no other document.` });
  });

  it('[S14] closes with 4409 when a frame comes under another session’s address', async () => {
    const { name } = newPlan();
    const { socket, closed } = await authenticated(name);
    socket.send(frames.auth(`${name}\0second`, 'person:raw'));
    expect(await closed).toMatchObject({ code: 4409 });
  });

  it('[S45] does not read on while too much of a client is not dealt with', async () => {
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

  it('closes with 4001 for a token that lets nobody in, and says so in the protocol first', async () => {
    const { name } = newPlan();
    const { socket, closed } = await raw(name);
    const said = new Promise<Buffer>((resolve) => socket.once('message', resolve));
    socket.send(frames.auth(name, 'x'.repeat(20_000)));
    expect((await said).includes(MessageType.Auth)).toBe(true);
    expect(await closed).toMatchObject({ code: 4001 });
  });

  it('[A15] lets in stock providers with tokens of their own, each an anonymous person', async () => {
    const { name, id } = newPlan();
    const tokens = ['super-secret-token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2ln', 'person:a b', '%00', ''];
    for (const [n, token] of tokens.entries()) {
      const client = pod.connect(name, token);
      await client.synced;
      client.doc.getMap('metadata').set('title', `of ${n}`);
      await client.acknowledged();
      client.provider.destroy();
      await until(() => pod.pod.connections === 0);
    }
    const { rows } = await pod.reader.read(id);
    const actors = rows.map(({ actor }) => actor);
    expect(new Set(actors).size).toBe(tokens.length);
    for (const actor of actors) expect(actor).toMatch(/^person:anonymous(-[0-9a-f]{16})?$/);
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
    ['an update in the second encoding', update(Y.convertUpdateFormatV1ToV2(textUpdate(3)))],
    ['an update in the second encoding that says nothing', update(Y.encodeStateAsUpdateV2(new Y.Doc()))],
    ['bytes behind an update', update(Uint8Array.of(...textUpdate(3), 0))],
    ['a value that is nested too deeply to be written again', update(deepUpdate(10_000))],
    ['bytes behind a frame', (name: string) => Uint8Array.of(...sync(name, 2, textUpdate(3)), 0)],
    ['an update in a sync step that is none', (name: string) => sync(name, 3, textUpdate(3))],
    ['a state vector that is none', (name: string) => sync(name, 0, Uint8Array.of(200, 1, 200))],
    ['an awareness update that is none', (name: string) => awareness(name, Uint8Array.of(1, 1, 1, 3, 123, 123, 123))],
    ['text', () => 'hello'],
  ])('[S15, S16, S17, S52] %s closes its own socket with 4400 and nobody else’s', async (_, make) => {
    const plan = newPlan();
    const healthy = pod.connect(plan.name);
    await healthy.synced;
    const { socket, closed } = await authenticated(plan.name);
    socket.send(make(plan.name));
    expect((await closed).code).toBe(4400);
    expect((await pod.reader.read(plan.id)).head).toBe(0);
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
    const held = await Promise.all(Array.from({ length: LIMITS.maxConnections }, () => authenticated(name)));
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
      if (n % 2) socket.send(frames.auth(plan.name, 'person:fuzz'));
      for (let k = 0; k < 4; k++) socket.send(noise(n * 4 + k, plan.name));
      socket.close();
      await closed;
    }
    healthy.doc.getMap('metadata').set('title', 'alive');
    await healthy.acknowledged();
    expect(await pod.read(plan.ref)).toMatchObject({ ok: true, value: { title: 'alive' } });
  });

  describe('guards', () => {
    let guarded: TestPod;
    const guard = async (limits: Partial<PodLimits>) => {
      guarded = await startTestPod(test.db, limits);
      const plan = newPlan();
      const healthy = guarded.connect(plan.name);
      await healthy.synced;
      return { ...plan, healthy };
    };
    /** Whoever was there before is there still, and is served. */
    const isWell = async ({ doc, acknowledged }: Client) => {
      doc.getMap('metadata').set('title', `${Math.random()}`);
      await acknowledged();
      expect(guarded.pod.connections).toBe(1);
    };
    afterEach(() => guarded.stop());

    it('[S40] closes with 4429 a client that sends more frames than its rate, and nobody else', async () => {
      const { name, healthy } = await guard({ maxFramesPerSecond: 20 });
      const { socket, closed } = await authenticated(name, guarded);
      for (let n = 0; n < 190; n++) socket.send(frame(name, MessageType.QueryAwareness));
      await answered(socket, name);
      expect(socket.readyState).toBe(WebSocket.OPEN);
      for (let n = 0; n < 2_000; n++) socket.send(Uint8Array.of(PONG));
      expect(await closed).toEqual({ code: 4429, reason: 'More than 20 frames a second; go on more slowly.' });
      expect(await counted('too_many', guarded)).toBe(1);
      await isWell(healthy);
    });

    it('[S40] a frame that asks for the document counts as a hundred', async () => {
      const { name, healthy } = await guard({ maxFramesPerSecond: 50 });
      const { socket, closed } = await authenticated(name, guarded);
      const ask = frames.step1(name, new Y.Doc());
      for (let n = 0; n < 4; n++) socket.send(ask);
      await answered(socket, name);
      expect(socket.readyState).toBe(WebSocket.OPEN);
      for (let n = 0; n < 4; n++) socket.send(ask);
      expect((await closed).code).toBe(4429);
      await isWell(healthy);
    });

    it('[S41] closes with 4413 or 4429 a client that says too much of its presence', async () => {
      const { name, healthy } = await guard({ maxAwarenessBytes: 300, maxAwarenessClients: 3 });
      const large = await authenticated(name, guarded);
      large.socket.send(awareness(name, presence({ 1: 'x'.repeat(300) })));
      expect((await large.closed).code).toBe(4413);

      const { socket, closed } = await authenticated(name, guarded);
      for (let n = 0; n < 20; n++) socket.send(awareness(name, presence({ 1: `${n}`, 2: null, [100 + n]: null })));
      socket.send(awareness(name, presence({ 3: 'also here', 4: 'and here' })));
      await answered(socket, name);
      await until(() => healthy.provider.awareness!.getStates().has(3));
      socket.send(awareness(name, presence({ 5: 'one too many' })));
      expect((await closed).code).toBe(4429);
      await until(() => healthy.provider.awareness!.getStates().size === 1);
      await isWell(healthy);
    });

    const GENEROUS = {
      slowBytes: 100_000,
      slowMs: 3_600_000,
      maxUnsentBytes: 1_000_000_000,
    };
    /** The system's own buffers hold some megabytes of it. */
    const sayMuch = async ({ doc, acknowledged }: Client) => {
      for (let n = 0; n < 30; n++) {
        // One at a time: what is said in one turn goes out as one.
        doc.getMap('metadata').set('title', `${n % 10}`.repeat(500_000));
        await acknowledged();
      }
    };
    it.each([
      ['at once when far too much waits', { ...GENEROUS, maxUnsentBytes: 1_000_000 }],
      ['in time when less does', { ...GENEROUS, slowMs: 300 }],
    ])('[S42] closes with 4429 a client that does not read, %s', async (_, limits) => {
      const { name, healthy } = await guard(limits);
      const { socket, closed } = await authenticated(name, guarded);
      socket.pause();
      await sayMuch(healthy);
      await until(async () => (await counted('slow', guarded)) === 1);
      socket.resume();
      expect((await closed).code).toBe(4429);
      await isWell(healthy);
    });

    it('[S43] closes with 4408 who does not say in time who it is, whatever else it sends', async () => {
      const { name, healthy } = await guard({ authenticateMs: 300 });
      const { socket, closed } = await raw(name, guarded);
      const talking = setInterval(() => socket.send(frames.step1(name, new Y.Doc())), 50);
      expect(await closed).toMatchObject({ code: 4408 });
      clearInterval(talking);
      expect(await counted('unauthenticated', guarded)).toBe(1);
      await isWell(healthy);
    });

    it('[S43] ends the oldest of the address that holds most when too many have not said who they are', async () => {
      const { name, healthy } = await guard({ maxUnauthenticated: 3 });
      const other = await raw(name, guarded, '127.0.0.2');
      const strangers = [];
      for (let n = 0; n < 10; n++) strangers.push(await raw(name, guarded));
      for (const stranger of strangers.slice(0, 8)) expect(await stranger.closed).toMatchObject({ code: 1013 });
      await authenticated(name, guarded);
      expect(await strangers[8]!.closed).toMatchObject({ code: 1013 });
      for (const waiting of [other, strangers[9]!]) {
        waiting.socket.send(frames.auth(name, 'person:raw'));
        await new Promise((resolve) => waiting.socket.once('message', resolve));
      }
      expect(await counted('full', guarded)).toBe(9);
      healthy.doc.getMap('metadata').set('title', 'well');
      await healthy.acknowledged();
    });

    it('[S43] bounds what all who have not said who they are have sent, of parts of frames too', async () => {
      const { name } = await guard({ maxUnauthenticatedBytes: 1_000_000 });
      const strangers = [];
      for (let n = 0; n < 20; n++) {
        const stranger = await raw(name, guarded);
        stranger.socket.send(new Uint8Array(100_000), { fin: false });
        strangers.push(stranger);
      }
      for (const { closed } of strangers.slice(0, 10)) expect(await closed).toMatchObject({ code: 1013 });
      await authenticated(name, guarded);
      expect(strangers.at(-1)!.socket.readyState).toBe(WebSocket.OPEN);
      for (const { socket } of strangers) socket.terminate();
    });

    it('[S43] strangers give up their places when a pod holds as many sockets as it may', async () => {
      const { name } = await guard({ maxConnections: 4 });
      const strangers = [];
      for (let n = 0; n < 3; n++) strangers.push(await raw(name, guarded));
      await authenticated(name, guarded);
      expect(await strangers[0]!.closed).toMatchObject({ code: 1013 });
    });

    it('[S43] does not wait for a stranger to close its side', async () => {
      const { name } = await guard({ authenticateMs: 100 });
      const { socket } = await raw(name, guarded);
      // It hears nothing, and so answers nothing.
      socket.pause();
      await until(() => guarded.pod.connections === 1, 10_000);
      socket.terminate();
    });

    it('[S44] refuses what would make a document too large, but not what makes it smaller', async () => {
      const compaction = { maxRows: 4, maxBytes: 1_000_000, keepRowsMs: 0 };
      const { name, ref, healthy } = await guard({ maxDocumentBytes: 40_000, compaction });
      const text = healthy.doc.getText('t');
      text.insert(0, 'x'.repeat(35_000));
      await healthy.acknowledged();

      const { socket, closed } = await authenticated(name, guarded);
      socket.send(sync(name, 2, textUpdate(10_000)));
      expect((await closed).code).toBe(4413);
      const note = 'x'.repeat(3_000);
      const changes = ['a', 'b'].map((title) => ({ op: 'add_step' as const, title, note }));
      const command = () => guarded.command(ref, 'large', { verb: 'plan.update', args: { changes } });
      expect(await command()).toMatchObject({ ok: false, error: { code: 'too_large' } });

      for (let n = 0; n < 10; n++) {
        text.delete(0, 3_000);
        await healthy.acknowledged();
      }
      // Once the rows are a snapshot, what was deleted takes no room.
      await until(async () => (await command()).ok);
      expect(await guarded.read(ref)).toMatchObject({ value: { steps: [{ title: 'a' }, { title: 'b' }] } });
      text.insert(0, 'y'.repeat(20_000));
      await healthy.acknowledged();
      expect(guarded.pod.connections).toBe(1);
    });
  });

  async function counted(reason: string, at = pod): Promise<number> {
    const metric = await at.metrics.registry.getSingleMetric('syncline_sockets_closed_total')!.get();
    return metric.values.find((value) => value.labels['reason'] === reason)?.value ?? 0;
  }
});

function awareness(name: string, payload: Uint8Array): Uint8Array {
  return frame(name, MessageType.Awareness, (encoder) => encoding.writeVarUint8Array(encoder, payload));
}

/** An awareness update that says this of these clients. */
function presence(states: Record<number, string | null>): Uint8Array {
  return encodeStates(
    Object.entries(states).map(([client, state]) => ({
      client: Number(client),
      clock: (clock += 1),
      state: JSON.stringify(state),
    })),
  );
}
let clock = 0;

/** Resolves when the pod is done with all that the socket has sent. */
async function answered(socket: WebSocket, name: string): Promise<void> {
  const status = new Promise<void>((resolve) => {
    socket.on('message', (data) => parse(new Uint8Array(data as Buffer)).type === 'status' && resolve());
  });
  socket.send(sync(name, 2, textUpdate(1)));
  await status;
}

function textUpdate(length: number): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'x'.repeat(length));
  return Y.encodeStateAsUpdate(doc);
}

function deepUpdate(depth: number): Uint8Array {
  return encoding.encode((encoder) => {
    // One section of one struct: an embed in a root type.
    for (const number of [1, 1, 7, 0, 5, 1]) encoding.writeVarUint(encoder, number);
    encoding.writeVarString(encoder, 't');
    encoding.writeVarString(encoder, `${'['.repeat(depth)}${']'.repeat(depth)}`);
    encoding.writeVarUint(encoder, 0);
  });
}

/** Bytes that are the same for the same number, every other time behind a valid beginning. */
function noise(seed: number, name: string): Uint8Array {
  const bytes = createHash('sha512').update(`${seed}`).digest();
  return seed % 3 ? frame(name, seed % 9, (encoder) => encoding.writeUint8Array(encoder, bytes)) : bytes;
}
