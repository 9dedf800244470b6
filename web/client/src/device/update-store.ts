import * as Y from 'yjs';

/** Rows after which the copy is rewritten as one, a moment after the last of them. */
const ROWS_TO_TRIM = 500;
const TRIM_DELAY_MS = 1000;
const UPDATES = 'updates';

export interface UpdateStoreDeps {
  /** Of the database. */
  name: string;
  doc: Y.Doc;
  /** Told of each write that the database gave up, with its reason. */
  onFailed: (error: DOMException | null) => void;
  /** Told when the database is taken away: by the browser, or by a page that deletes it. */
  onLost: () => void;
}

/** The rows as they are now. */
export interface Rows {
  updates: Uint8Array[];
  /** Of the last row, if there is one. */
  lastKey: IDBValidKey | null;
}

/**
 * A document's updates in a database of IndexedDB, in the form of y-indexeddb, so that tabs with that may keep the same
 * copy: a store `updates` of a row an update, and a store `custom` that is theirs. Must hold: a row is removed only in a
 * transaction that has read it, or whose caller has; and what the doc says from the moment it was handed over is written
 * in that order.
 */
export class UpdateStore {
  /** Resolves when the doc has what the database had. Rejects when it cannot be opened. */
  readonly opened: Promise<void>;
  readonly #deps: UpdateStoreDeps;
  #database: IDBDatabase | null = null;
  #size = 0;
  #readTo: IDBValidKey | null = null;
  #trimming: ReturnType<typeof setTimeout> | undefined;
  #mayTrim = true;
  #isClosed = false;
  /** The doc has all rows, and what it says from now on is written as it says it. */
  #isFollowing = false;
  #hasChangedBefore = false;

  constructor(deps: UpdateStoreDeps) {
    this.#deps = deps;
    // From the start, so that whoever listens later and waits until it is settled waits behind the write.
    deps.doc.on('update', this.#onUpdate);
    this.opened = this.#open();
  }

  get isOpen(): boolean {
    return this.#database !== null;
  }

  /** How many rows there are, as far as this tab knows. */
  get size(): number {
    return this.#size;
  }

  /** Nothing is rewritten until it may be again. */
  set mayTrim(may: boolean) {
    this.#mayTrim = may;
  }

  /** Writes the doc as one row in place of all others, which it first reads: other tabs may have written since. */
  async rewrite(): Promise<void> {
    const transaction = this.#transaction('readwrite');
    this.#read(transaction, () => this.#replace(transaction.objectStore(UPDATES)));
    await ended(transaction);
  }

  async rows(): Promise<Rows> {
    const transaction = this.#transaction('readonly');
    const store = transaction.objectStore(UPDATES);
    const [updates, keys] = [store.getAll() as IDBRequest<Uint8Array[]>, store.getAllKeys()];
    await ended(transaction);
    return { updates: updates.result, lastKey: keys.result.at(-1) ?? null };
  }

  /** Removes the rows that were read, and no later ones. */
  async remove({ lastKey }: Rows): Promise<void> {
    if (lastKey === null) return;
    const transaction = this.#transaction('readwrite');
    transaction.objectStore(UPDATES).delete(IDBKeyRange.upperBound(lastKey));
    await ended(transaction);
  }

  /** Resolves when all that was handed over before has been written or given up: transactions end in their order. */
  async settled(): Promise<void> {
    const transaction = this.#transaction('readonly');
    transaction.objectStore(UPDATES).count();
    await ended(transaction);
  }

  /** What is being written is still written. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#trimming);
    this.#deps.doc.off('update', this.#onUpdate);
    this.#database?.close();
    this.#database = null;
  }

  async #open(): Promise<void> {
    const { doc, name } = this.#deps;
    const database = await openDatabase(name);
    if (this.#isClosed) return database.close();
    database.addEventListener('abort', ({ target }) => this.#deps.onFailed((target as IDBTransaction).error));
    for (const type of ['versionchange', 'close'])
      database.addEventListener(type, () => {
        this.close();
        this.#deps.onLost();
      });
    this.#database = database;
    const transaction = this.#transaction('readwrite');
    this.#read(transaction, () => {
      if (this.#isClosed) return;
      this.#isFollowing = true;
      // What it began with, and what was written while the database was being opened.
      if (this.#hasChangedBefore || this.#size === 0)
        this.#add(transaction.objectStore(UPDATES), Y.encodeStateAsUpdate(doc));
    });
    // A device without room still gives what it has.
    await ended(transaction).catch(() => undefined);
  }

  /** Brings the rows that are new into the doc, while the transaction lasts. */
  #read(transaction: IDBTransaction, then: () => void): void {
    const store = transaction.objectStore(UPDATES);
    const range = this.#readTo === null ? undefined : IDBKeyRange.lowerBound(this.#readTo, true);
    const [updates, keys, count] = [store.getAll(range), store.getAllKeys(range), store.count()];
    count.addEventListener('success', () => {
      this.#size = count.result;
      this.#readTo = keys.result.at(-1) ?? this.#readTo;
      applyAll(this.#deps.doc, updates.result as Uint8Array[], this);
      then();
    });
  }

  #replace(store: IDBObjectStore): void {
    const adding = store.add(Y.encodeStateAsUpdate(this.#deps.doc));
    adding.addEventListener('success', () => {
      store.delete(IDBKeyRange.upperBound(adding.result, true));
      this.#size = 1;
    });
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return;
    if (!this.#isFollowing) this.#hasChangedBefore = true;
    if (!this.#isFollowing || !this.#database) return;
    this.#add(this.#transaction('readwrite').objectStore(UPDATES), update);
    if (this.#size < ROWS_TO_TRIM) return;
    clearTimeout(this.#trimming);
    // Failed, it is tried again after the next edit.
    this.#trimming = setTimeout(() => this.#mayTrim && void this.rewrite().catch(() => undefined), TRIM_DELAY_MS);
  };

  #add(store: IDBObjectStore, update: Uint8Array): void {
    store.add(update);
    this.#size += 1;
  }

  #transaction(mode: IDBTransactionMode): IDBTransaction {
    if (!this.#database) throw new Error('the database is not open');
    return this.#database.transaction(UPDATES, mode);
  }
}

/** One that cannot be read keeps out no other. */
function applyAll(doc: Y.Doc, updates: Uint8Array[], origin: unknown): void {
  Y.transact(
    doc,
    () => {
      for (const update of updates)
        try {
          Y.applyUpdate(doc, update, origin);
        } catch {
          // No Yjs update, and so nothing that was ever shown here.
        }
    },
    origin,
    false,
  );
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.addEventListener('upgradeneeded', () => {
      opening.result.createObjectStore(UPDATES, { autoIncrement: true });
      opening.result.createObjectStore('custom');
    });
    opening.addEventListener('success', () => resolve(opening.result));
    opening.addEventListener('error', () => reject(opening.error ?? new Error('the database cannot be opened')));
  });
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('the database was closed')));
  });
}
