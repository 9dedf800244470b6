import { setTimeout as pause } from 'node:timers/promises';
import { HocuspocusProvider } from '@hocuspocus/provider';
import { postgresTestDatabase } from '@syncline/journal/testing';
import { until } from '@syncline/runtime/testing';
import { afterAll, describe, expect, inject, it } from 'vitest';
import * as Y from 'yjs';
import { runToEnd, startProcess, type SystemProcess, temporaryFolder } from './testing.ts';

const ROUNDS = 10;

const cleanUps: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp();
});

async function storages() {
  const folder = temporaryFolder();
  const postgres = await postgresTestDatabase(inject('databaseUrl'));
  cleanUps.push(folder.remove, postgres.drop);
  return { PGlite: { DATA_DIR: folder.path }, Postgres: { DATABASE_URL: postgres.url } };
}

const STORAGE = await storages();

describe.each(Object.entries(STORAGE))('on %s', (_, env) => {
  it(`after kill -9 all that was acknowledged is there, ${ROUNDS} rounds`, async () => {
    const acknowledged = new Set<string>();
    const created = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const system = await startProcess(env);
      await expectKept(system, acknowledged, created);
      const { doc, provider } = connect(system, 'plan:kept');
      await until(() => provider.isSynced);
      const dying = pause(30 + 40 * round).then(() => system.kill9());
      for (let n = 0; system.child.exitCode === null && system.child.signalCode === null; n++) {
        const key = `${round}.${n}`;
        doc.getMap('metadata').set(key, 'x');
        await Promise.race([until(() => !provider.hasUnsyncedChanges), dying]);
        if (!provider.hasUnsyncedChanges) acknowledged.add(key);
        const plan = await create(system, `Plan ${key}`, `create-${key}`).catch(() => null);
        if (plan?.status === 201) created.add(`Plan ${key}`);
      }
      provider.destroy();
    }
    const system = await startProcess(env);
    await expectKept(system, acknowledged, created);
    expect(acknowledged.size).toBeGreaterThan(ROUNDS);
    expect(created.size).toBeGreaterThan(ROUNDS);
    expect(await system.stop()).toBe(0);
  });

  it('a command whose server died between commit and reply takes effect once, for a create and for an edit', async () => {
    const faulty = { ...env, FAILPOINT: 'command-committed' };
    const body = { id: 'failpoint', title: 'Once', steps: [{ title: 'first' }] };

    let system = await startProcess(faulty);
    await expect(create(system, body, 'create')).rejects.toThrow('fetch failed');
    system = await startProcess(env);
    const again = await Promise.all(Array.from({ length: 4 }, () => insist(() => create(system, body, 'create'))));
    expect(again.map((answer) => answer.status)).toEqual([201, 201, 201, 201]);
    expect(new Set(await Promise.all(again.map((answer) => answer.text()))).size).toBe(1);
    await system.stop();

    system = await startProcess(faulty);
    await expect(addStep(system, 'edit')).rejects.toThrow('fetch failed');
    system = await startProcess(env);
    const answers = await Promise.all(Array.from({ length: 4 }, () => insist(() => addStep(system, 'edit'))));
    expect(new Set(answers.map((answer) => answer.headers.get('etag')))).toEqual(new Set(['"2"']));
    const plan = await read(system, 'plan:failpoint');
    expect(plan).toMatchObject({ revision: 2, steps: [{ title: 'first' }, { title: 'second' }] });
    expect((await create(system, { ...body, title: 'Twice' }, 'create')).status).toBe(422);
    await system.stop();
  });

  it('an update whose server died between commit and reply takes effect once', async () => {
    const faulty = { ...env, FAILPOINT: 'command-committed' };
    const doc = new Y.Doc();
    const written = () => {
      const vector = Y.encodeStateVector(doc);
      doc.getArray('list').push(['once']);
      return Y.encodeStateAsUpdate(doc, vector);
    };
    for (const [path, update, revision] of [
      ['/v1/documents?kind=doc&id=bytes', written(), 1],
      ['/v1/documents/doc:bytes/updates', written(), 2],
    ] as const) {
      let system = await startProcess(faulty);
      const send = () => postBytes(system, path, update, `bytes-${revision}`);
      await expect(send()).rejects.toThrow('fetch failed');
      system = await startProcess(env);
      const answers = await Promise.all(Array.from({ length: 4 }, () => insist(send)));
      expect(answers.map(({ headers }) => headers.get('etag'))).toEqual(Array(4).fill(`"${revision}"`));
      const list = Array(revision).fill('once');
      expect(await read(system, 'doc:bytes')).toMatchObject({ revision, roots: { list } });
      await system.stop();
    }
  });
});

it('refuses a second start on the same DATA_DIR, and takes over the lock that kill -9 left', async () => {
  const folder = temporaryFolder();
  cleanUps.push(folder.remove);
  const env = { DATA_DIR: folder.path };
  const first = await startProcess(env);
  const second = await runToEnd({ ...env, PORT: '0', ADMIN_PORT: '0' });
  expect(second.code).toBe(1);
  expect(second.output).toContain(`DATA_DIR=${folder.path} is in use by another Syncline (process ${first.child.pid})`);
  await first.kill9();
  const third = await startProcess(env);
  expect(await third.stop()).toBe(0);
});

it.each([
  [{ PORT: 'eighty' }, 'PORT is "eighty": must be a whole number from 0 to 65535. For example: PORT=8080'],
  [{ PORT: '70000' }, 'PORT is "70000"'],
  [{ AUTH_MODE: 'none' }, 'AUTH_MODE is "none"'],
  [{ AUTH_MODE: 'keys' }, 'KEY_PEPPER is missing: AUTH_MODE=keys needs it'],
  [{ AUTH_MODE: 'keys', KEY_PEPPER: 'p'.repeat(32) }, 'TOKEN_SECRET is missing: AUTH_MODE=keys needs it'],
  [{ AUTH_MODE: 'keys', KEY_PEPPER: 'short' }, 'KEY_PEPPER is wrong: must have at least 32 characters'],
  [{ PUBLIC_URL: 'docs.example.com' }, 'PUBLIC_URL is "docs.example.com": must be a URL that begins with http://'],
  [{ CORS_ORIGINS: 'https://a.example/path' }, 'CORS_ORIGINS is "https://a.example/path": must be web origins'],
  [{ HOST: '0.0.0.0' }, 'ALLOW_OPEN=1'],
  [{ HOST: '192.0.2.1', ALLOW_OPEN: '1', PORT: '0' }, 'HOST=192.0.2.1 is no address of this machine'],
  [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL is wrong: must be a URL that begins with postgres://'],
  [{ DATABASE_URL: 'postgres://127.0.0.1:1/x', PORT: '0' }, 'DATABASE_URL: the database cannot be opened'],
  [{ DATA_DIR: '/dev/null/x', PORT: '0' }, 'DATA_DIR=/dev/null/x cannot be used'],
])('refuses to start with %j, and says why in a sentence', async (env, sentence) => {
  const { code, output } = await runToEnd({ ADMIN_PORT: '0', ...env });
  expect(code).toBe(1);
  expect(output).toContain(sentence);
  expect(output).not.toContain('    at ');
});

it('says which port is taken; only an ADMIN_PORT that was asked for must be free', async () => {
  const folder = temporaryFolder();
  cleanUps.push(folder.remove);
  const other = temporaryFolder();
  cleanUps.push(other.remove);
  const system = await startProcess({ DATA_DIR: folder.path, ADMIN_PORT: '' });
  await (await startProcess({ DATA_DIR: other.path, ADMIN_PORT: '' })).stop();
  const { port } = new URL(system.url);
  const taken = await runToEnd({ PORT: port });
  expect(taken.code).toBe(1);
  expect(taken.output).toContain(`PORT=${port} is taken on 127.0.0.1`);
  const admin = await runToEnd({ PORT: '0', ADMIN_PORT: port });
  expect(admin.code).toBe(1);
  expect(admin.output).toContain(`ADMIN_PORT=${port} is taken on 127.0.0.1`);
  await system.stop();
});

async function expectKept(system: SystemProcess, keys: Set<string>, titles: Set<string>): Promise<void> {
  const { doc, provider } = connect(system, 'plan:kept');
  await until(() => provider.isSynced);
  const kept = new Set(doc.getMap('metadata').keys());
  provider.destroy();
  expect([...keys].filter((key) => !kept.has(key))).toEqual([]);
  const listed = new Set<string>();
  for (let after = ''; ;) {
    const page = (await (
      await fetch(`${system.url}/v1/documents?limit=100${after && `&after=${encodeURIComponent(after)}`}`)
    ).json()) as { items: { title: string }[]; next: string | null };
    for (const item of page.items) listed.add(item.title);
    if (!page.next) break;
    after = page.next;
  }
  expect([...titles].filter((title) => !listed.has(title))).toEqual([]);
}

function connect(system: SystemProcess, name: string) {
  const doc = new Y.Doc();
  const url = `${system.url.replace('http', 'ws')}/sync/${name}`;
  return { doc, provider: new HocuspocusProvider({ url, name, document: doc, token: 'person:tester' }) };
}

/** Sends a command again as long as a copy of it is said to be running (S47). */
async function insist(send: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await send();
    if (answer.status !== 409) return answer;
    expect(await answer.json()).toMatchObject({ code: 'in_progress' });
    await pause(1_000 * Number(answer.headers.get('retry-after')));
  }
}

function create(system: SystemProcess, plan: string | object, key: string): Promise<Response> {
  const body = typeof plan === 'string' ? { title: plan } : plan;
  return post(system, '/v1/documents', { kind: 'plan', ...body }, key);
}

function addStep(system: SystemProcess, key: string): Promise<Response> {
  return post(system, '/v1/plans/failpoint/steps', { title: 'second' }, key);
}

async function read(system: SystemProcess, name: string): Promise<unknown> {
  return (await fetch(`${system.url}/v1/documents/${name}`)).json();
}

function post(system: SystemProcess, path: string, body: object, key: string): Promise<Response> {
  return fetch(system.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key, 'x-agent': 'tester' },
    body: JSON.stringify(body),
  });
}

function postBytes(system: SystemProcess, path: string, body: Uint8Array, key: string): Promise<Response> {
  return fetch(system.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'idempotency-key': key, 'x-agent': 'tester' },
    body: Buffer.from(body),
  });
}
