import 'fake-indexeddb/auto';
import { expect, it } from 'vitest';
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import { UpdateStore } from './update-store.ts';

let names = 0;
const newName = () => `copy-${(names += 1)}`;

async function open(name: string, doc = new Y.Doc()) {
  const heard = { failed: [] as unknown[], lost: 0 };
  const store = new UpdateStore({
    name,
    doc,
    onFailed: (error) => heard.failed.push(error),
    onLost: () => (heard.lost += 1),
  });
  await store.opened;
  return { store, doc, heard, text: doc.getText('t') };
}

async function textIn(name: string): Promise<string> {
  const { store, text } = await open(name);
  store.close();
  return text.toString();
}

it('what is written is there when it is opened again, also what was written while it was being opened', async () => {
  const name = newName();
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'before ');
  const opening = open(name, doc);
  doc.getText('t').insert(7, 'meanwhile ');
  const { store, text } = await opening;
  text.insert(text.length, 'after');
  await store.settled();
  store.close();
  expect(await textIn(name)).toBe('before meanwhile after');
});

it('opening adds no row when there is nothing new to write', async () => {
  const name = newName();
  (await open(name)).store.close();
  for (let n = 0; n < 5; n++) (await open(name)).store.close();
  const { store } = await open(name);
  expect((await store.rows()).updates.length).toBe(1);
  store.close();
});

it('opens a copy that y-indexeddb wrote, and y-indexeddb one that was written here', async () => {
  const name = newName();
  const old = new Y.Doc();
  const persistence = new IndexeddbPersistence(name, old);
  await persistence.whenSynced;
  old.getText('t').insert(0, 'old ');
  await persistence.set('theirs', 'kept');
  await persistence.destroy();
  const { store, text } = await open(name);
  expect(text.toString()).toBe('old ');
  text.insert(4, 'new');
  await store.rewrite();
  store.close();
  const again = new IndexeddbPersistence(name, new Y.Doc());
  await again.whenSynced;
  expect(again.doc.getText('t').toString()).toBe('old new');
  expect(await again.get('theirs')).toBe('kept');
  await again.destroy();
});

it('a tab with y-indexeddb beside it loses nothing, whoever trims', async () => {
  const name = newName();
  const { store, text } = await open(name);
  const theirs = new IndexeddbPersistence(name, new Y.Doc());
  await theirs.whenSynced;
  text.insert(0, 'a');
  theirs.doc.getText('t').insert(0, 'b');
  await store.rewrite();
  theirs.doc.getText('t').insert(0, 'c');
  text.insert(0, 'd');
  await store.rewrite();
  await store.settled();
  store.close();
  await theirs.destroy();
  expect([...(await textIn(name))].toSorted()).toEqual(['a', 'b', 'c', 'd']);
});

it('is rewritten as one row after many, and what another tab wrote meanwhile stays', async () => {
  const name = newName();
  const [one, other] = [await open(name), await open(name)];
  for (let n = 0; n < 505; n++) one.text.insert(0, 'x');
  other.text.insert(0, 'y');
  await expect.poll(async () => (await one.store.rows()).updates.length, { timeout: 20_000 }).toBe(1);
  one.store.close();
  other.store.close();
  expect((await textIn(name)).length).toBe(506);
});

it('only the rows that were read are removed', async () => {
  const name = newName();
  const { store, text } = await open(name);
  text.insert(0, 'read');
  const rows = await store.rows();
  text.insert(0, 'later ');
  await store.remove(rows);
  expect((await store.rows()).updates.length).toBe(1);
  store.close();
});

it('a row that cannot be read keeps out no other', async () => {
  const name = newName();
  const { store, text } = await open(name);
  text.insert(0, 'whole');
  await store.settled();
  store.close();
  const opening = indexedDB.open(name);
  await new Promise((resolve) => opening.addEventListener('success', resolve));
  const adding = opening.result.transaction('updates', 'readwrite');
  adding.objectStore('updates').add(Uint8Array.of(255, 255, 1, 2));
  await new Promise((resolve) => adding.addEventListener('complete', resolve));
  opening.result.close();
  expect(await textIn(name)).toBe('whole');
});

it('lets a page delete it, and says that it is gone', async () => {
  const name = newName();
  const { heard, text } = await open(name);
  const deleting = indexedDB.deleteDatabase(name);
  await new Promise((resolve) => deleting.addEventListener('success', resolve));
  expect(heard.lost).toBe(1);
  // Written on, to the doc alone.
  text.insert(0, 'x');
  expect(await textIn(name)).toBe('');
});

it('cannot be opened where the browser has no databases', async () => {
  const factory = globalThis.indexedDB;
  try {
    Reflect.deleteProperty(globalThis, 'indexedDB');
    await expect(open(newName())).rejects.toBeInstanceOf(ReferenceError);
  } finally {
    globalThis.indexedDB = factory;
  }
});
