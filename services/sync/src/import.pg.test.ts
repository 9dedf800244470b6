import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { createReader, migrate } from '@syncline/journal';
import { postgresTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { type DocumentRef, idOfName } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import * as Y from 'yjs';
import { replay } from './edits/merge.ts';
import { withSeed } from './edits/record.ts';
import { type Columns, openTable } from './import/tables.ts';
import { store, write, writeThroughStock } from './import/testing.ts';
import { startTestPod, type TestPod, until } from './testing.ts';

/** `IMPORT_ROWS=10000 node .ci/test.ts services/sync/src/import.pg.test.ts` does it with more. */
const ROWS = Number(process.env['IMPORT_ROWS'] ?? 500);
const THROUGH_STOCK = 20;
// Each row is read and compared some times, also on a machine that has much else to do.
vi.setConfig({ testTimeout: 240_000 + 100 * ROWS });
const KIND = 'doc';
const MAIN = fileURLToPath(new URL('import.ts', import.meta.url));

let test: TestDatabase;
let pod: TestPod;
let folder: string;
const names = Array.from({ length: ROWS }, (_, at) => (at % 10 ? `document-${at}` : `Ordner ${at}/Über uns`));
/** What is in the table and cannot be read, and what is said of it. */
const damaged: [name: string, data: Uint8Array | null, why: RegExp][] = [
  ['damaged: cut', new Uint8Array(0), /no Yjs update/],
  ['damaged: noise', Uint8Array.from({ length: 200 }, (_, at) => (at * 37) % 251), /no Yjs update/],
  ['damaged: second encoding', new Uint8Array(0), /no Yjs update/],
  ['damaged: empty', new Uint8Array(0), /no bytes/],
  ['damaged: null', null, /no bytes/],
  ['damaged: too large', new Uint8Array(200_000), /200000 bytes.*MAX_DOCUMENT_BYTES/],
];

beforeAll(async () => {
  test = await postgresTestDatabase(inject('databaseUrl'));
  folder = await mkdtemp(join(tmpdir(), 'syncline-import-'));
  await migrate(test.db);
  await test.db.script('CREATE SCHEMA stock; CREATE TABLE stock.documents (name text PRIMARY KEY, data bytea)');
  await writeThroughStock(test.db, names.slice(0, THROUGH_STOCK));
  for (let at = THROUGH_STOCK; at < ROWS; at += 1_000)
    await store(
      test.db,
      names.slice(at, at + 1_000).map((name) => ({ name, data: stateOf(name) })),
    );
  damaged[0]![1] = stateOf('cut').subarray(0, -7);
  damaged[2]![1] = Y.convertUpdateFormatV1ToV2(stateOf('second'));
  await store(
    test.db,
    damaged.map(([name, data]) => ({ name, data })),
  );
  pod = await startTestPod(test.db);
});
afterAll(async () => {
  await pod.stop();
  await test.drop();
  await rm(folder, { recursive: true });
});

it('[J6, J29] a table of Hocuspocus, interrupted by kill -9 and run again, is here as it was there; what is damaged is named', async () => {
  const looked = await run('--dry-run');
  expect(looked.code).toBe(1);
  expect(looked.said).toContain(`${ROWS} imported, 6 not readable`);
  expect(await imported()).toBe(0);

  const first = spawn(process.execPath, [MAIN, ...fromStock()], { env: environment(), stdio: 'ignore' });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => first.once('exit', (_, signal) => resolve(signal)));
  await until(async () => (await imported()) > 0);
  first.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  const before = await imported();
  expect(before).toBeLessThan(ROWS);

  const report = join(folder, 'report');
  const second = await run('--report', report);
  expect(second.code).toBe(1);
  expect(second.said).toContain(`done: ${ROWS - before} imported, ${before} there already, 6 not readable`);
  for (const [name, , why] of damaged) {
    const line = second.said.split('\n').find((line) => line.includes(`"${name}"`));
    expect(line).toMatch(/^not readable: /);
    expect(line).toMatch(why);
  }
  const lines = (await readFile(report, 'utf8')).trim().split('\n');
  const mapped = new Map(lines.map((line) => JSON.parse(line)).map(({ name, document }) => [name, document]));
  expect(mapped.size).toBe(ROWS + damaged.length);

  // Nothing twice, nothing missing, and all of it equal.
  expect(await imported()).toBe(ROWS);
  const heads = 'SELECT count(*) AS heads, max(seq) AS most, count(DISTINCT j.actor) AS actors, min(j.actor) AS actor';
  expect(await test.db.query(`${heads} FROM heads JOIN journal j USING (document, seq)`)).toEqual([
    { heads: ROWS, most: 1, actors: 1, actor: 'system:import' },
  ]);
  const reader = createReader(test.db);
  for (const name of names) {
    expect(mapped.get(name)).toBe(`${KIND}:${idOfName(name)}`);
    expect(encoded(replay(await reader.read(documentId(refOf(name)))).document)).toEqual(encoded(await expected(name)));
  }
});

it('[S8] what people have edited since is left as it is, what the table has more is appended where nobody has', async () => {
  const [ahead, diverged, behind] = ['document-1', 'document-2', 'document-3'] as const;
  for (const name of [ahead, diverged]) {
    const client = pod.connect(`${KIND}:${name}`);
    await client.synced;
    client.doc.getText('body').insert(0, 'here: ');
    await client.acknowledged();
  }
  for (const name of [diverged, behind]) {
    const there = await inTable(name);
    there.getText('body').insert(0, 'there: ');
    await store(test.db, [{ name, data: Y.encodeStateAsUpdate(there) }]);
  }
  const open = pod.connect(`${KIND}:${behind}`);
  await open.synced;

  const { code, said } = await run();
  expect(code).toBe(1);
  expect(said).toContain(
    `done: 1 brought up to the table, ${ROWS - 3} there already, 1 there already and edited here since, ` +
      '1 left as they are here, 6 not readable',
  );
  expect(said).toMatch(new RegExp(`^left as they are here: "${diverged}" `, 'm'));
  const body = (doc: Y.Doc) => doc.getText('body').toString();
  await until(() => body(open.doc).startsWith('there: '));
  const reader = createReader(test.db);
  for (const [name, begins] of [
    [ahead, 'here: '],
    [diverged, 'here: '],
    [behind, 'there: '],
  ] as const)
    expect(body(replay(await reader.read(documentId(refOf(name)))).document)).toMatch(new RegExp(`^${begins}\\w`));
});

it('a table of extension-sqlite comes in the same way', async () => {
  const path = join(folder, 'db.sqlite');
  const sqlite = new DatabaseSync(path);
  sqlite.exec('CREATE TABLE documents (name varchar(255) NOT NULL, data blob NOT NULL, UNIQUE(name))');
  const insert = sqlite.prepare('INSERT INTO documents VALUES (?, ?)');
  const names = Array.from({ length: 450 }, (_, at) => `lite/${at}`);
  for (const name of names) insert.run(name, stateOf(name));
  insert.run('damaged', Uint8Array.of(1, 2, 3));
  sqlite.close();
  const from = ['--from', `sqlite:${path}`, '--kind', KIND, '--workspace', 'lite'];
  const first = await runWith(from);
  expect(first).toMatchObject({ code: 1, said: expect.stringContaining('done: 450 imported, 1 not readable') });
  expect(first.said).toContain('not readable: "damaged"');
  expect((await runWith(from)).said).toContain('done: 450 there already, 1 not readable');
  const reader = createReader(test.db);
  for (const name of names) {
    const { document } = replay(await reader.read(documentId({ ...refOf(name), workspace: 'lite' })));
    expect(document.getMap('settings').get('title')).toBe(`${name}, again`);
  }
});

it('a table or column that is not there, or holds no bytes, is named before anything is read', async () => {
  const open = (from: string, columns: Partial<Columns>) =>
    openTable(from, { table: 'stock.documents', name: 'name', data: 'data', ...columns });
  await expect(open('mysql://x', {})).rejects.toThrow(/^--from: must be postgres/);
  await expect(open(`sqlite:${folder}/none`, {})).rejects.toThrow(/^--from: .*none/);
  await expect(open(test.url, { table: 'a"; DROP TABLE heads' })).rejects.toThrow(/^--table: must be letters/);
  await expect(open(test.url, { table: 'stock.nothing' })).rejects.toThrow(/^--table.*does not exist/);
  await expect(open(test.url, { name: 'a.b' })).rejects.toThrow(/^--name-column: must be letters/);
  await expect(open(test.url, { data: 'name' })).rejects.toThrow(/--data-column: .*bytea/);
  const nowhere = new URL(test.url);
  nowhere.pathname = '/nowhere';
  await expect(open(nowhere.href, {})).rejects.toThrow(/^--from: .*nowhere/);
});

function fromStock(): string[] {
  return ['--from', test.url, '--table', 'stock.documents', '--kind', KIND];
}

function environment() {
  return { DATABASE_URL: test.url, MAX_DOCUMENT_BYTES: '100000' };
}

const run = (...more: string[]) => runWith([...fromStock(), ...more]);

function runWith(args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env: environment() }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, said: `${stdout}${stderr}` }),
    );
  });
}

function refOf(name: string): DocumentRef {
  return { workspace: 'default', kind: KIND, id: idOfName(name) };
}

async function imported(): Promise<number> {
  const [found] = await test.db.query<{ count: number }>('SELECT count(*) FROM heads');
  return found!.count;
}

function stateOf(name: string): Uint8Array {
  const document = new Y.Doc();
  write(document, name);
  return Y.encodeStateAsUpdate(document);
}

/** What the table says of a document. */
async function inTable(name: string): Promise<Y.Doc> {
  const [row] = await test.db.query<{ data: Uint8Array }>('SELECT data FROM stock.documents WHERE name = $1', [name]);
  const document = new Y.Doc();
  Y.applyUpdate(document, row!.data);
  return document;
}

async function expected(name: string): Promise<Y.Doc> {
  const document = new Y.Doc();
  Y.applyUpdate(document, withSeed(KIND, Y.encodeStateAsUpdate(await inTable(name))));
  return document;
}

function encoded(document: Y.Doc): Buffer {
  return Buffer.from(Y.encodeStateAsUpdate(document));
}
