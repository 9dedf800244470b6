import { describe, expect, it } from 'vitest';
import { type Draft, Drafts } from './drafts.ts';

/** A browser's storage that has room for so many entries. */
function storageOf(room: number): Storage {
  const entries = new Map<string, string>();
  return {
    get length() {
      return entries.size;
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem(key, text) {
      if (!entries.has(key) && entries.size >= room) throw new DOMException('', 'QuotaExceededError');
      entries.set(key, text);
    },
    removeItem: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  };
}

let lastPage = 0;

/** A page that knows of no locks, and so takes all others for gone. */
function open(storage: () => Storage, formerPage: string | null = null): Drafts & { page: string } {
  const page = `page${++lastPage}`;
  return Object.assign(new Drafts({ page, formerPage, storage, locks: undefined }), { page });
}

async function adopted(drafts: Drafts, place: string, signal = new AbortController().signal): Promise<Draft[]> {
  const shown: Draft[] = [];
  await drafts.adopt(place, (draft) => shown.push(draft), signal);
  return shown;
}

describe('drafts', () => {
  it('are kept until they are forgotten, each place by itself', async () => {
    const storage = storageOf(9);
    const first = open(() => storage);
    first.keep('a', { title: 'One' });
    first.keep('a:b', { title: 'Two' });
    first.keep('c', { title: 'Three' });
    first.forget('c');
    const next = open(() => storage);
    expect(await adopted(next, 'a')).toEqual([{ title: 'One' }]);
    expect(await adopted(next, 'c')).toEqual([]);
    expect([next.at('a'), next.at('a:b')]).toEqual([{ title: 'One' }, null]);
  });

  it('of a tab’s former page come before those of others, and one takes no second', async () => {
    const storage = storageOf(9);
    const [former, other] = [open(() => storage), open(() => storage)];
    former.keep('a', { title: 'Mine' });
    other.keep('a', { title: 'Younger' });
    expect(
      await adopted(
        open(() => storage, former.page),
        'a',
      ),
    ).toEqual([{ title: 'Mine' }]);
    expect(
      await adopted(
        open(() => storage),
        'a',
      ),
    ).toHaveLength(1);
  });

  it('are left alone where something is written already, or nobody waits any more', async () => {
    const storage = storageOf(9);
    open(() => storage).keep('a', { title: 'Left' });
    const busy = open(() => storage);
    busy.keep('a', { title: 'Written' });
    expect(await adopted(busy, 'a')).toEqual([]);
    const gone = AbortSignal.abort();
    expect(
      await adopted(
        open(() => storage),
        'a',
        gone,
      ),
    ).toEqual([]);
    busy.forget('a');
    expect(await adopted(busy, 'a')).toEqual([{ title: 'Left' }]);
  });

  it('are kept again by a page that was taken for gone', async () => {
    const storage = storageOf(9);
    const living = open(() => storage);
    living.keep('a', { title: 'In sight' });
    const next = open(() => storage);
    await adopted(next, 'a');
    next.forget('a');
    living.onRemoved(`syncline:draft:a:${living.page}`);
    expect(
      await adopted(
        open(() => storage),
        'a',
      ),
    ).toEqual([{ title: 'In sight' }]);
  });

  it('say that they are not kept on a device without room, until it has some', async () => {
    const storage = storageOf(1);
    const drafts = open(() => storage);
    drafts.keep('a', { title: 'Fits' });
    expect(drafts.isUnkept).toBe(false);
    drafts.keep('b', { title: 'Does not' });
    expect([drafts.isUnkept, drafts.at('b')]).toEqual([true, { title: 'Does not' }]);
    drafts.forget('a');
    drafts.keep('b', { title: 'Fits now' });
    expect(drafts.isUnkept).toBe(false);
    drafts.forget('b');
    expect(storage.length).toBe(0);
  });

  it('last as long as the page where the browser forbids to keep any', async () => {
    const drafts = open(() => {
      throw new DOMException('', 'SecurityError');
    });
    expect(await adopted(drafts, 'a')).toEqual([]);
    drafts.keep('a', { title: 'Here' });
    expect([drafts.isUnkept, drafts.at('a')]).toEqual([true, { title: 'Here' }]);
    drafts.forget('a');
    expect(drafts.isUnkept).toBe(false);
  });
});
