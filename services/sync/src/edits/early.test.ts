import { openAccess } from '@syncline/auth';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { frames, parse } from '../../sim/wire.ts';
import { controllable, newPlan, startTestPod, type TestPod, until } from '../testing.ts';

const MIB = 1024 * 1024;

describe('what comes before the document is there', () => {
  let test: TestDatabase;
  let pod: TestPod;
  beforeAll(async () => {
    test = await pgliteTestDatabase();
    await migrate(test.db);
  });
  afterEach(() => pod.stop());
  afterAll(() => test.drop());

  /** A client whose frames come at once, as many as the system's own buffers have of them when it is told to pause. */
  const client = (name: string) => {
    const said = { acknowledged: 0, closed: null as number | null, pauses: 0, resumes: 0 };
    const session = pod.pod.open({
      name: { kind: 'plan', id: name.slice('plan:'.length) },
      wire: {
        get open() {
          return said.closed === null;
        },
        unsent: 0,
        send: (bytes) => void (parse(bytes).type === 'status' && (said.acknowledged += 1)),
        close: (code) => void (said.closed = code),
        pause: () => void (said.pauses += 1),
        resume: () => void (said.resumes += 1),
      },
    });
    session.receive(frames.auth(name, 'person:p1'));
    return { said, session };
  };
  const texts = (count: number, length: number) => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (let n = 0; n < count; n++) doc.getText('t').insert(0, 'x'.repeat(length));
    return updates;
  };
  const stored = async ({ id }: ReturnType<typeof newPlan>) => {
    const { snapshot, rows } = await pod.reader.read(id);
    const doc = new Y.Doc();
    if (snapshot) Y.applyUpdate(doc, snapshot.state);
    for (const { update } of rows) Y.applyUpdate(doc, update);
    return doc.getText('t').length;
  };

  it.each([
    ['an update of 7 MiB', 1, 7 * MIB],
    ['1,500 small updates', 1_500, 3],
  ])('[S45] waits for the document, while it loads, with %s', async (_, count, length) => {
    const database = controllable(test.db);
    pod = await startTestPod(database.db);
    const plan = newPlan();
    const load = database.holdReads();
    const { said, session } = client(plan.name);
    await until(() => pod.pod.rooms === 1);
    for (const update of texts(count, length)) session.receive(frames.update(plan.name, update));
    expect(said).toEqual({ acknowledged: 0, closed: null, pauses: expect.any(Number), resumes: 0 });
    expect(said.pauses).toBeGreaterThan(0);
    load();
    await until(() => said.acknowledged === count || said.closed !== null);
    expect(said).toMatchObject({ acknowledged: count, closed: null });
    expect(said.resumes).toBeGreaterThan(0);
    expect(await stored(plan)).toBe(count * length);
  });

  it('[S45] waits for the token, while it is looked at, with an update of 7 MiB', async () => {
    const { promise: looked, resolve: look } = Promise.withResolvers<void>();
    const ofSocket: typeof openAccess.ofSocket = async (token) => {
      await looked;
      return openAccess.ofSocket(token);
    };
    pod = await startTestPod(test.db, { maxFrameBytes: 7 * MIB + 100 }, { access: { ...openAccess, ofSocket } });
    const plan = newPlan();
    const { said, session } = client(plan.name);
    session.receive(frames.step1(plan.name, new Y.Doc()));
    for (const update of texts(1, 7 * MIB)) session.receive(frames.update(plan.name, update));
    expect(said).toMatchObject({ closed: null });
    expect(said.pauses).toBeGreaterThan(0);
    look();
    await until(() => said.acknowledged === 1 || said.closed !== null);
    expect(said).toMatchObject({ acknowledged: 1, closed: null });
    expect(await stored(plan)).toBe(7 * MIB);
  });

  it('[S45] a client that is in does not pile up tokens while one is looked at', async () => {
    const { promise: looked, resolve: look } = Promise.withResolvers<void>();
    let tokens = 0;
    const ofSocket: typeof openAccess.ofSocket = async (token) => {
      if (tokens++) await looked;
      return openAccess.ofSocket(token);
    };
    pod = await startTestPod(test.db, { maxBytesInFlight: 100_000 }, { access: { ...openAccess, ofSocket } });
    const plan = newPlan();
    const { said, session } = client(plan.name);
    await until(() => pod.pod.rooms === 1);
    const name = 'x'.repeat(10_000);
    for (let n = 0; n < 9; n++) session.receive(frames.auth(plan.name, `person:p1:${name}`));
    expect(said).toMatchObject({ closed: null, pauses: 0 });
    session.receive(frames.auth(plan.name, `person:p1:${name}`));
    expect(said).toMatchObject({ closed: null, pauses: 1 });
    const before = said.resumes;
    look();
    await until(() => said.resumes > before || said.closed !== null);
    expect(said.pauses).toBe(1);
  });

  it.each([
    ['before it is in', 0],
    ['once it is in', 1],
  ])('[S15] a token larger than any that is looked at closes with 4413 %s', async (_, rooms) => {
    pod = await startTestPod(test.db);
    const plan = newPlan();
    const { said, session } = client(plan.name);
    await until(() => pod.pod.rooms >= rooms);
    session.receive(frames.auth(plan.name, 'x'.repeat(70_000)));
    expect(said.closed).toBe(4413);
  });
});
