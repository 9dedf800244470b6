// @vitest-environment jsdom
import 'fake-indexeddb/auto';
import { afterEach, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { DeviceCopy } from './device-copy.ts';

let names = 0;
const newName = () => `u:ann:d:doc-${(names += 1)}`;
const copies: DeviceCopy[] = [];
afterEach(() => {
  for (const copy of copies.splice(0)) copy.close();
  localStorage.clear();
});

async function open(name: string) {
  const doc = new Y.Doc();
  const told: string[] = [];
  const copy = new DeviceCopy({ name, doc, onChange: (device) => told.push(device) });
  copies.push(copy);
  await copy.ready;
  return { copy, doc, told, text: doc.getText('t') };
}

it('keeps a document from one visit to the next', async () => {
  const name = newName();
  const first = await open(name);
  expect(first.told).toEqual(['kept']);
  first.text.insert(0, 'kept');
  first.copy.close();
  expect((await open(name)).text.toString()).toBe('kept');
});

it('what was written is taken for stored only behind the transaction that writes it', async () => {
  const { text } = await open(newName());
  const begun = vi.spyOn(IDBDatabase.prototype, 'transaction');
  text.insert(0, 'in order');
  expect(begun.mock.calls.map(([, mode]) => mode)).toEqual(['readwrite', 'readonly']);
  begun.mockRestore();
});

it('what a closing page could not write any more is said in localStorage, and heard by the next', async () => {
  const name = newName();
  const { text, copy } = await open(name);
  text.insert(0, 'last words');
  window.dispatchEvent(new Event('pagehide'));
  const said = Object.keys(localStorage).filter((key) => key.startsWith(`syncline:last-words:${name}:`));
  expect(said.length).toBe(1);
  const words = localStorage.getItem(said[0]!)!;
  copy.close();
  // This page goes on, and forgets them once the database has them.
  await expect.poll(() => localStorage.length).toBe(0);
  // As a closing page leaves it: the database lacks what it had not finished.
  const deleting = indexedDB.deleteDatabase(name);
  await new Promise((resolve) => deleting.addEventListener('success', resolve));
  localStorage.setItem(said[0]!, words);
  expect((await open(name)).text.toString()).toBe('last words');
  await expect.poll(() => localStorage.length).toBe(0);
});

it('without a database nothing is said to be kept', async () => {
  const factory = globalThis.indexedDB;
  try {
    Reflect.deleteProperty(globalThis, 'indexedDB');
    expect((await open(newName())).told).toEqual(['not_kept']);
  } finally {
    globalThis.indexedDB = factory;
  }
});

it('is emptied once all of it is kept elsewhere, and other tabs write it anew when the server has theirs', async () => {
  const name = newName();
  const { copy, text } = await open(name);
  const other = await open(name);
  text.insert(0, 'refused');
  other.text.insert(0, 'shared');
  const kept: string[] = [];
  await copy.setAside(async (update) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, update);
    kept.push(doc.getText('t').toString());
  });
  expect(kept.at(-1)).toContain('refused');
  expect(kept.at(-1)).toContain('shared');
  copy.close();
  expect((await open(name)).text.toString()).toBe('');
  await expect
    .poll(async () => {
      other.copy.acknowledged();
      const { text, copy } = await open(name);
      copy.close();
      return text.toString();
    })
    .toBe('shared');
});

it('stays as it was when it could not be kept elsewhere', async () => {
  const name = newName();
  const { copy, text } = await open(name);
  text.insert(0, 'mine');
  await expect(copy.setAside(() => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
  text.insert(4, ' still');
  copy.close();
  expect((await open(name)).text.toString()).toBe('mine still');
});
