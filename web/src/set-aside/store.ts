import type { RefusedCopy } from '@syncline/client';
import { currentPerson } from '../person/person.ts';

/** A person's version of a document that the server does not take. */
export type Version = Pick<RefusedCopy, 'title' | 'at' | 'said' | 'update'>;

/** A version that is kept on this device until the person deletes it. */
export interface SetAside extends RefusedCopy {
  id: number;
  /** The person has seen it and wants no notice of it. */
  dismissed: boolean;
}

const STORE = 'copies';

const listeners = new Set<() => void>();

/** Called after each change that this tab makes. */
export function onSetAside(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Keeps a copy. It is on the disk when this resolves; the same copy once more, as when two tabs are refused alike, is
 * kept once.
 * @throws when the device has no room, or keeps nothing
 */
export async function keepAside(copy: RefusedCopy): Promise<void> {
  await transact('readwrite', (store) => {
    const known = store.getAll() as IDBRequest<SetAside[]>;
    known.addEventListener('success', () => {
      if (!known.result.some((other) => isSame(other, copy))) store.add({ ...copy, dismissed: false });
    });
    return known;
  });
  changed();
}

/** All copies of this person, the youngest first. */
export async function listSetAside(): Promise<SetAside[]> {
  const copies: SetAside[] = await transact('readonly', (store) => store.getAll() as IDBRequest<SetAside[]>);
  return copies.toReversed();
}

/** No more notices of a copy; it stays in the list. */
export async function dismissSetAside(copy: SetAside): Promise<void> {
  await transact('readwrite', (store) => store.put({ ...copy, dismissed: true }));
  changed();
}

export async function deleteSetAside({ id }: SetAside): Promise<void> {
  await transact('readwrite', (store) => store.delete(id));
  changed();
}

async function transact<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    // Strict: what is set aside is removed elsewhere next, and a power cut must not come between.
    const transaction = database.transaction(STORE, mode, { durability: 'strict' });
    const request = act(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('the copies cannot be kept')));
    });
    return request.result;
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(`u:${currentPerson().id}:set-aside`, 1);
    opening.addEventListener('upgradeneeded', () =>
      opening.result.createObjectStore(STORE, { keyPath: 'id', autoIncrement: true }),
    );
    opening.addEventListener('success', () => resolve(opening.result));
    opening.addEventListener('error', () => reject(opening.error ?? new Error('the copies cannot be opened')));
  });
}

function isSame(a: Pick<SetAside, 'document' | 'update'>, b: Pick<SetAside, 'document' | 'update'>): boolean {
  return (
    a.document === b.document &&
    a.update.length === b.update.length &&
    a.update.every((byte, index) => byte === b.update[index])
  );
}

function changed(): void {
  for (const listener of listeners) listener();
}
