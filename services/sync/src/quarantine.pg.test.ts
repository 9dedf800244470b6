import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createHistoryStore, createProjection, createReader, type Database, migrate } from '@syncline/journal';
import { postgresTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { KIND_READERS } from '@syncline/model';
import type { Verb } from '@syncline/protocol';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import * as Y from 'yjs';
import { newPlan, startTestPod, type TestPod, until } from './testing.ts';

const run = promisify(execFile);
const command = (...args: string[]) =>
  run(process.execPath, [fileURLToPath(new URL('quarantine.ts', import.meta.url)), ...args], {
    env: { DATABASE_URL: test.url },
  });

let test: TestDatabase;
let pod: TestPod;
beforeAll(async () => {
  test = await postgresTestDatabase(inject('databaseUrl'));
  await migrate(test.db);
  pod = await startTestPod(test.db, { housekeepingEveryMs: 200 });
});
afterAll(async () => {
  await pod.stop();
  await test.drop();
});

describe('documents that cannot be read', () => {
  it('[S34] a snapshot that cannot be decoded refuses its own document, by a name of its own, and no other', async () => {
    const broken = await withBrokenSnapshot(test.db);
    expect(await pod.read(broken.ref)).toMatchObject({
      ok: false,
      error: { code: 'unreadable', detail: expect.stringContaining(`export ${broken.name}`) },
    });
    expect(await pod.command(broken.ref, 'x', setTitle('x'))).toMatchObject({ error: { code: 'unreadable' } });
    const client = pod.connect(broken.name);
    const closed = new Promise<{ event: { code: number; reason: string } }>((resolve) =>
      client.provider.on('close', resolve),
    );
    expect((await closed).event).toMatchObject({ code: 4500, reason: expect.stringContaining('cannot be read') });
    client.provider.destroy();
    expect(await counted('documents_unreadable_total')).toBeGreaterThanOrEqual(3);
    await others();
    expect(await snapshotOf(broken.id)).toEqual([{ state: Buffer.from(GARBAGE) }]);
  });

  it('[S32, S34] a reader that throws refuses its own document, and keeps no other from its records', async () => {
    const poison = newPlan();
    await pod.command(poison.ref, 'c', create);
    const { read, records } = KIND_READERS.plan;
    const throwing =
      <T>(reader: (doc: Y.Doc) => T) =>
      (doc: Y.Doc) => {
        if (String(doc.getMap('metadata').get('title')) === 'poison') throw new Error('the reader does not know this');
        return reader(doc);
      };
    vi.spyOn(KIND_READERS.plan, 'read').mockImplementation(throwing(read));
    vi.spyOn(KIND_READERS.plan, 'records').mockImplementation(throwing(records));
    await pod.command(poison.ref, 'p', setTitle('poison'));
    expect(await pod.read(poison.ref)).toMatchObject({ ok: false, error: { code: 'unreadable' } });
    const healthy = newPlan();
    await pod.command(healthy.ref, 'c', create);
    const behind = async () => (await createProjection(test.db).behind(100)).map(({ id }) => id);
    await until(async () => !(await behind()).includes(healthy.id));
    expect(await behind()).toContain(poison.id);
    await others();
    vi.restoreAllMocks();
    await pod.command(poison.ref, 'q', setTitle('well again'));
    await until(async () => !(await behind()).includes(poison.id));
  });

  it('[S32] records that the database refuses keep no other document from its own', async () => {
    const [poison, healthy] = [newPlan(), newPlan()];
    for (const plan of [poison, healthy]) await pod.command(plan.ref, 'c', create);
    const { records } = KIND_READERS.plan;
    vi.spyOn(KIND_READERS.plan, 'records').mockImplementation((doc) =>
      records(doc).map((record) =>
        String(doc.getMap('metadata').get('title')) === 'poison' ? { ...record, id: 'no\0such' } : record,
      ),
    );
    await Promise.all([
      pod.command(poison.ref, 'p', setTitle('poison')),
      pod.command(healthy.ref, 'p', setTitle('healthy')),
    ]);
    await until(async () => (await titleOf(healthy.id)) === 'healthy');
    expect(await titleOf(poison.id)).not.toBe('poison');
    vi.restoreAllMocks();
  });

  it('[S34] a document of a kind that this version does not know is left alone, and refused by its name', async () => {
    await test.db.query(`INSERT INTO documents (id, workspace, kind, name) VALUES ($1, 'default', 'hologram', 'h')`, [
      UNKNOWN,
    ]);
    await test.db.query('INSERT INTO heads VALUES ($1, 1)', [UNKNOWN]);
    await test.db.query(`INSERT INTO journal (document, seq, update, actor) VALUES ($1, 1, '\\x00', 'person:a')`, [
      UNKNOWN,
    ]);
    const failed = await counted('projections_total');
    await pod.pod.catchUpProjection();
    expect(await counted('projections_total')).toBe(failed);
    const socket = new WebSocket(`${pod.url}hologram:h`);
    const closed = await new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    expect(closed.code).toBe(4404);
    await others();
  });

  it('[S35] an operator lists what could not be read, and brings out all that is stored of one document', async () => {
    const broken = await withBrokenSnapshot(test.db);
    await test.db.query(
      `INSERT INTO quarantine (document, seq, update, actor, reason) VALUES ($1, 1, '\\x0102', 'person:a', 'it throws')`,
      [broken.id],
    );
    const { stdout: listed } = await command('list');
    expect(listed).toMatch(new RegExp(`^default ${broken.name} 1 rows, since .* it throws$`, 'm'));
    const { stdout } = await command('export', broken.name);
    const parts = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { part: string; seq: number; state: string; update: string });
    const { rows } = await createReader(test.db).read(broken.id);
    expect(rows).toEqual([]);
    expect(parts.map(({ part }) => part)).toEqual(['document', 'row', 'set aside', 'snapshot']);
    expect(parts[2]!.update).toBe(Buffer.from([1, 2]).toString('base64'));
    expect(parts[3]!.state).toBe(Buffer.from(GARBAGE).toString('base64'));
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Buffer.from(parts[1]!.update, 'base64'));
    expect(String(doc.getMap('metadata').get('title'))).toBe('A plan');
    await expect(command('export', 'plan:nobody')).rejects.toMatchObject({ code: 1 });
    expect((await command('--help')).stdout).toMatch(/export <kind>:<id>/);
  });
});

it('[S50] an operator lists documents of which the database lost rows', async () => {
  const [back, gone] = [newPlan(), newPlan()];
  for (const [{ id, ref }, broughtBack] of [
    [back, true],
    [gone, false],
  ] as const)
    await createHistoryStore(test.db).note({ id, ref, known: { seq: 7, nonce: 1 }, found: 4, broughtBack });
  const { stdout } = await command('lost');
  expect(stdout).toMatch(new RegExp(`^default ${back.name} was at revision 7 and found at 4, .*: brought back$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^default ${gone.name} was at .*: not brought back by any pod$`, 'm'));
});

const GARBAGE = [1, 2, 3, 4, 5];
const UNKNOWN = '00000000-0000-8000-8000-000000000001';

const create: Verb = { verb: 'plan.create', args: { title: 'A plan', steps: [], blocks: [] } };

function setTitle(title: string): Verb {
  return { verb: 'plan.update', args: { changes: [{ op: 'set', title }] } };
}

async function withBrokenSnapshot(db: Database) {
  const plan = newPlan();
  const maker = await startTestPod(db);
  await maker.command(plan.ref, 'c', create);
  await maker.stop();
  await db.query(
    `INSERT INTO snapshots (document, covers_seq, nonce, state)
     SELECT document, seq, nonce, $2 FROM journal WHERE document = $1 AND seq = 1`,
    [plan.id, Buffer.from(GARBAGE)],
  );
  return plan;
}

function snapshotOf(id: string) {
  return test.db.query('SELECT state FROM snapshots WHERE document = $1', [id]);
}

async function titleOf(id: string): Promise<unknown> {
  const rows = await test.db.query<{ title: string }>(
    `SELECT data->>'title' AS title FROM records WHERE document = $1 AND entity = 'document'`,
    [id],
  );
  return rows[0]?.title;
}

/** Others work as ever, and the pod is ready. */
async function others(): Promise<void> {
  const plan = newPlan();
  expect(await pod.command(plan.ref, 'c', create)).toMatchObject({ ok: true });
  expect(await pod.read(plan.ref)).toMatchObject({ ok: true, value: { title: 'A plan' } });
  expect(pod.ready()).toBe(true);
}

async function counted(name: string): Promise<number> {
  const { values } = await pod.metrics.registry.getSingleMetric(`syncline_${name}`)!.get();
  return values.reduce((sum, { value, labels }) => (labels['outcome'] === 'done' ? sum : sum + value), 0);
}
