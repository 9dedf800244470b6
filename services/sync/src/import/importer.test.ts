import { createCompaction, createLoader, createReader, type Database, type Loader, migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { idOfName } from '@syncline/protocol';
import { seeded } from '../../../shared/model/test/documents.ts';
import { documentId } from '@syncline/protocol/document-id';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import * as Y from 'yjs';
import { mergeRows, replay } from '../edits/merge.ts';
import { write } from './testing.ts';
import { importBatch, type ImporterDeps } from './importer.ts';

let test: TestDatabase;
let db: Database;
beforeAll(async () => {
  test = await pgliteTestDatabase();
  ({ db } = test);
  await migrate(db);
});
afterAll(() => test.drop());

let into: ImporterDeps['into'];
let count = 0;
beforeEach(() => {
  into = { workspace: `w${(count += 1)}`, kind: 'doc' };
});

const bring = async (rows: Parameters<typeof importBatch>[1], over: Partial<ImporterDeps> = {}) => {
  const deps = { loader: loaderOf(), reader: createReader(db), into, maxDocumentBytes: 100_000, dryRun: false };
  return (await importBatch({ ...deps, ...over }, rows)).map(({ outcome, reason }) => reason ?? outcome);
};

it('brings in whole what damaged bytes still say, or names them, and is stopped by none', async () => {
  const document = new Y.Doc();
  write(document, 'words');
  const state = Y.encodeStateAsUpdate(document);
  const random = seeded(1);
  const rows = Array.from({ length: 400 }, (_, at) => {
    const damaged = state.slice();
    for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--)
      damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
    return { name: `damaged-${at}`, state: damaged };
  });
  const [good, ...outcomes] = await bring([{ name: 'good', state }, ...rows]);
  expect(good).toBe('imported');
  const named = outcomes.filter((outcome) => outcome !== 'imported');
  expect(named.filter((why) => !/no Yjs update|cannot be applied|only the server/i.test(why))).toEqual([]);
  const broughtIn = rows.filter((_, at) => outcomes[at] === 'imported');
  expect([named.length, broughtIn.length].every((some) => some > 20)).toBe(true);
  for (const { name } of broughtIn) expect(replay(await readOf(name)).unappliable).toEqual([]);
});

it('leaves the second of two names that are one id', async () => {
  const rows = ['a/b', idOfName('a/b')].map((name) => ({ name, state: stateOf(name) }));
  expect(await bring(rows)).toEqual(['imported', 'another name here has the same id']);
  expect(await bring(rows)).toEqual(['same', 'another name here has the same id']);
});

it('brings what waits for an update that never came, once', async () => {
  const document = new Y.Doc();
  const updates: Uint8Array[] = [];
  document.on('update', (update) => updates.push(update));
  for (const word of ['one ', 'two ', 'three ']) document.getText('body').insert(0, word);
  const state = Y.mergeUpdates([updates[0]!, updates[2]!]);
  expect(await bring([{ name: 'holes', state }])).toEqual(['imported']);
  expect(await bring([{ name: 'holes', state }])).toEqual(['same']);
  const whole = { name: 'holes', state: Y.encodeStateAsUpdate(document) };
  expect(await bring([whole])).toEqual(['updated']);
  expect(await bring([whole])).toEqual(['same']);
  expect((await documentOf('holes')).getText('body').toString()).toBe('three two one ');
});

it('[J19] knows a document of which there is but a snapshot', async () => {
  const row = { name: 'compacted', state: stateOf('words') };
  await bring([row]);
  const id = documentId({ ...into, id: 'compacted' });
  const read = await createReader(db).read(id);
  const { seq, nonce } = read.rows[0]!;
  await createCompaction(db).replaceSnapshot(id, { coversSeq: seq, nonce, ...mergeRows(read) }, -60_000);
  expect((await createReader(db).read(id)).rows).toEqual([]);
  expect(await bring([row])).toEqual(['same']);
  await db.query('UPDATE snapshots SET state = $2 WHERE document = $1', [id, Uint8Array.of(1, 2, 3)]);
  expect(await bring([row])).toEqual([expect.stringContaining('cannot be read')]);
});

it('[J29] leaves a document that gets its first row, or another one, while it is looked at', async () => {
  const first = { name: 'raced', state: stateOf('ours') };
  const theirs = (state: Uint8Array, other: Loader) => ({
    ...other,
    async append(rows: Parameters<Loader['append']>[0]) {
      await other.append(rows.map((row) => ({ ...row, update: state, actor: 'person:p1' })));
      return other.append(rows);
    },
  });
  const moved = 'it was edited at this moment; run the import again';
  expect(await bring([first], { loader: theirs(stateOf('theirs'), loaderOf()) })).toEqual([moved]);
  expect((await documentOf('raced')).getText('body').toString()).toBe('theirs');
  expect(await bring([first])).toEqual([expect.stringMatching(/^edited here and there/)]);
});

it('writes nothing when it only looks', async () => {
  const row = { name: 'looked', state: stateOf('at') };
  expect(await bring([row], { dryRun: true })).toEqual(['imported']);
  expect(await bring([row], { dryRun: true })).toEqual(['imported']);
});

function loaderOf(): Loader {
  return createLoader({ db, random: Math.random });
}

function stateOf(words: string): Uint8Array {
  const document = new Y.Doc();
  document.getText('body').insert(0, words);
  return Y.encodeStateAsUpdate(document);
}

function readOf(name: string) {
  return createReader(db).read(documentId({ ...into, id: name }));
}

async function documentOf(name: string): Promise<Y.Doc> {
  return replay(await readOf(name)).document;
}
