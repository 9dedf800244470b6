import 'fake-indexeddb/auto';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { openAccess } from '@syncline/auth';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { KIND_MODELS } from '@syncline/model';
import { Refusal } from '@syncline/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { controllable, newPlan, startTestPod, type TestPod } from '../../../services/sync/src/testing.ts';
import { connect, type DocumentSession } from './document-session.ts';
import { documentsOnlyHere } from './only-here.ts';
import type { ConnectOptions, RefusedCopy } from './options.ts';
import { readPresences } from './presence/presence.ts';
import { NotSaved } from './saves.ts';
import type { Status } from './status.ts';

/** In keys mode as here: one token may only read, one has ended, and whoever names a person is let in. */
const access: typeof openAccess = {
  ...openAccess,
  async ofSocket(token) {
    if (token === 'ended') throw new Refusal('unauthorized', 'The token has ended.');
    if (token === 'stranger') throw new Refusal('forbidden', 'This is not shared with you.');
    const grant = await openAccess.ofSocket('person:someone');
    return token === 'reader' ? { ...grant, role: 'viewer' } : grant;
  },
};

let test: TestDatabase;
let journal: ReturnType<typeof controllable>;
let pod: TestPod;
const sessions: DocumentSession[] = [];

beforeAll(async () => {
  test = await pgliteTestDatabase();
  await migrate(test.db);
  journal = controllable(test.db);
  pod = await startTestPod(journal.db, { maxUpdateBytes: 5_000 }, { access });
});
afterEach(() => {
  for (const session of sessions.splice(0)) session.destroy();
});
afterAll(async () => {
  await pod.stop();
  await test.drop();
});

function open(document: string, options: Partial<ConnectOptions> = {}): DocumentSession {
  const user = { id: `u${sessions.length}`, name: `User ${sessions.length}` };
  const { seed, presence } = KIND_MODELS.plan;
  const session = connect({ url: pod.url.slice(0, -1), document, token: 'anyone', seed, presence, user, ...options });
  sessions.push(session);
  return session;
}

const write = ({ doc }: DocumentSession, text: string) => doc.getMap('metadata').set('title', text);
const titleIn = ({ doc }: DocumentSession) => String(doc.getMap('metadata').get('title'));
const becomes = async (session: DocumentSession, status: Status) => {
  await expect.poll(() => session.status, { timeout: 30_000 }).toBe(status);
};
/** Whether it has been resolved or rejected by now. */
const isSettled = (promise: Promise<unknown>) =>
  Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    new Promise((resolve) => setImmediate(() => resolve(false))),
  ]);

/** A way to the pod that can be cut and mended. */
async function wayTo(url: string) {
  const { port } = new URL(url);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) return socket.destroy();
    const to = connectTcp(Number(port), '127.0.0.1');
    for (const end of [socket, to]) {
      sockets.add(end);
      end.on('error', () => end.destroy());
      end.on('close', () => (sockets.delete(end), socket.destroy(), to.destroy()));
    }
    socket.pipe(to).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${own}/sync`,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => (isCut = false),
    close: () => (server.close(), sockets.forEach((socket) => socket.destroy())),
  };
}

describe('a session', () => {
  it('shows what others write, and who they are', async () => {
    const { name } = newPlan();
    const [one, other] = [open(name), open(name)];
    await Promise.all([one.opened, other.opened]);
    write(one, 'Together');
    await expect.poll(() => titleIn(other), { timeout: 30_000 }).toBe('Together');
    await expect
      .poll(() => readPresences(one.awareness).map(({ name }) => name), { timeout: 30_000 })
      .toEqual(['User 1']);
    other.setUser({ id: 'u1', name: 'Renamed' });
    await expect
      .poll(() => readPresences(one.awareness).map(({ name }) => name), { timeout: 30_000 })
      .toEqual(['Renamed']);
  });

  it('is opened without a server once its copy has been read, and sends what was written when there is one', async () => {
    const { name } = newPlan();
    const way = await wayTo(pod.url);
    way.cut();
    const away = open(name, { url: way.url, storage: `copy:${name}` });
    write(away, 'Written offline');
    await becomes(away, 'offline');
    away.destroy();
    const again = open(name, { url: way.url, storage: `copy:${name}` });
    await again.opened;
    expect(titleIn(again)).toBe('Written offline');
    way.mend();
    await again.whenSaved();
    const other = open(name);
    await expect.poll(() => titleIn(other), { timeout: 30_000 }).toBe('Written offline');
    way.close();
  });

  it('says saving until the commit, and saved after it', async () => {
    const { name } = newPlan();
    const session = open(name);
    await becomes(session, 'saved');
    const release = journal.hold();
    write(session, 'Held');
    expect(session.status).toBe('saving');
    release();
    await becomes(session, 'saved');
    expect(session.state.link.isUnsent).toBe(false);
  });

  it('notes what is nowhere else, while the device keeps nothing', async () => {
    const factory = globalThis.indexedDB;
    try {
      Reflect.deleteProperty(globalThis, 'indexedDB');
      const session = open(newPlan().name, { url: 'ws://127.0.0.1:9/sync', title: () => 'Mine' });
      await session.opened;
      write(session, 'x');
      await becomes(session, 'unsaved');
      expect(session.isOnlyHere).toBe(true);
      expect(documentsOnlyHere().map(({ name, title }) => [name, title])).toEqual([[session.name, 'Mine']]);
      session.destroy();
      expect(documentsOnlyHere()).toEqual([]);
    } finally {
      globalThis.indexedDB = factory;
    }
  });

  it('says readonly to whoever may only read', async () => {
    const session = open(newPlan().name, { token: 'reader' });
    await becomes(session, 'readonly');
    await session.whenSaved();
    write(session, 'not mine to write');
    await expect(session.whenSaved()).rejects.toBeInstanceOf(NotSaved);
  });
});

describe('whenSaved', () => {
  it('resolves after the commit of what was written before, and not before it', async () => {
    const { name } = newPlan();
    const session = open(name);
    await becomes(session, 'saved');
    const { reached, release } = journal.holdNext();
    write(session, 'Held back');
    const saved = session.whenSaved();
    await reached;
    expect(await isSettled(saved)).toBe(false);
    release();
    await saved;
    const [row] = await test.db.query<{ count: string }>('SELECT count(*) AS count FROM journal');
    expect(Number(row!.count)).toBeGreaterThan(0);
    const other = open(name);
    await expect.poll(() => titleIn(other), { timeout: 30_000 }).toBe('Held back');
  });

  it('waits through lost connections', async () => {
    const { name } = newPlan();
    const way = await wayTo(pod.url);
    const session = open(name, { url: way.url });
    await becomes(session, 'saved');
    way.cut();
    await expect.poll(() => session.state.link.server).toBe('lost');
    write(session, 'Over the gap');
    const saved = session.whenSaved();
    expect(await isSettled(saved)).toBe(false);
    way.mend();
    await saved;
    expect(session.status).toBe('saved');
    way.close();
  });

  it('does not wait for what is written later', async () => {
    const session = open(newPlan().name);
    await becomes(session, 'saved');
    let count = 0;
    write(session, 'Now');
    const saved = session.whenSaved();
    const writing = setInterval(() => write(session, String((count += 1))), 5);
    await saved;
    clearInterval(writing);
    expect(count).toBeGreaterThan(0);
  });

  it('rejects when the session ends before', async () => {
    const session = open(newPlan().name, { url: 'ws://127.0.0.1:9/sync' });
    write(session, 'x');
    const saved = session.whenSaved();
    session.destroy();
    await expect(saved).rejects.toThrow('the session has ended');
    await expect(session.whenSaved()).rejects.toBeInstanceOf(NotSaved);
  });
});

describe('a session that the cluster ends', () => {
  it('says that there is no such kind of document', async () => {
    const session = open('nothing:x');
    const saved = session.whenSaved();
    await expect(saved).rejects.toBeInstanceOf(NotSaved);
    expect(session.state.closing?.reason).toBe('not_found');
    expect(session.status).toBe('refused');
  });

  it('asks for another token once, and says that it is not let in when that is refused too', async () => {
    const asked: boolean[] = [];
    const closed: string[] = [];
    const session = open(newPlan().name, {
      token: ({ renew }) => (asked.push(renew), 'ended'),
      onClosed: ({ reason }) => closed.push(reason),
    });
    await becomes(session, 'removed');
    expect(asked).toEqual([false, true]);
    expect(closed).toEqual(['unauthorized']);
  });

  it('goes on with the token that it is given next', async () => {
    const session = open(newPlan().name, { token: ({ renew }) => (renew ? 'anyone' : 'ended') });
    await becomes(session, 'saved');
    expect(session.state.closing).toBeNull();
  });

  it('comes again when its function had no token to give', async () => {
    const asked: boolean[] = [];
    const token = async ({ renew }: { renew: boolean }) => {
      asked.push(renew);
      if (asked.length < 3) throw new Error('no network');
      return 'anyone';
    };
    const session = open(newPlan().name, { token });
    await becomes(session, 'saved');
    expect(asked).toEqual([false, false, false]);
  });

  it('tells a stranger so at once, where there is no other token', async () => {
    const session = open(newPlan().name, { token: 'stranger' });
    await becomes(session, 'removed');
    expect(session.state.closing).toMatchObject({ reason: 'forbidden', shutOut: true });
    expect(session.state.link.failures).toBe(1);
  });

  it('hands over what is refused, and another session shows the document as the others have it', async () => {
    const { name } = newPlan();
    const other = open(name);
    write(other, 'Shared');
    await other.whenSaved();
    const copies: RefusedCopy[] = [];
    let next: DocumentSession | undefined;
    const session = open(name, {
      title: (doc) => String(doc.getMap('metadata').get('title')),
      onRefused: async (copy) => void copies.push(copy),
      onReplaced: (replacing) => sessions.push((next = replacing)),
    });
    await becomes(session, 'saved');
    write(session, 'x'.repeat(6_000));
    await expect(session.whenSaved()).rejects.toBeInstanceOf(NotSaved);
    expect(copies).toMatchObject([{ document: name, code: 4413, title: 'x'.repeat(6_000) }]);
    await next!.opened;
    expect(titleIn(next!)).toBe('Shared');
    await becomes(next!, 'saved');
  });

  it('ends as refused and keeps its copy, where nobody takes what is refused', async () => {
    const { name } = newPlan();
    const session = open(name, { storage: `copy:${name}` });
    await becomes(session, 'saved');
    write(session, 'x'.repeat(6_000));
    await becomes(session, 'refused');
    expect(session.state.closing).toMatchObject({ reason: 'too_large', refused: true });
    session.destroy();
    const again = open(name, { storage: `copy:${name}`, url: 'ws://127.0.0.1:9/sync' });
    await again.opened;
    expect(titleIn(again)).toBe('x'.repeat(6_000));
    await again.discardDeviceCopy();
    const empty = open(name, { storage: `copy:${name}`, url: 'ws://127.0.0.1:9/sync' });
    await empty.opened;
    expect(titleIn(empty)).toBe('');
  });
});
