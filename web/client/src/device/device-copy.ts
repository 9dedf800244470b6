import { IndexeddbPersistence, storeState } from 'y-indexeddb';
import * as Y from 'yjs';
import { fromText, LastWords } from './last-words.ts';

/** Rows beyond which the copy is rewritten as one: y-indexeddb adds one at every load and trims only after 500 edits. */
const ROWS_WORTH_TRIMMING = 20;
/** A database that does not open in this time is blocked; the document is then shown without its copy. */
const OPENING_PATIENCE_MS = 4000;
/** How often a full device is asked whether it has room again. */
const FULL_RETRY_MS = 10_000;

export interface DeviceCopyDeps {
  name: string;
  doc: Y.Doc;
  /** Told of every change, beginning with the outcome of opening. */
  onChange: (device: 'kept' | 'not_kept' | 'full') => void;
}

/** A document's copy on this device. One per person and document, so that people who share a browser share no text. */
export class DeviceCopy {
  /** Resolves when the copy has been read, or there is none; never rejects. */
  readonly ready: Promise<void>;
  readonly #name: string;
  readonly #doc: Y.Doc;
  readonly #onChange: DeviceCopyDeps['onChange'];
  readonly #persistence: IndexeddbPersistence;
  readonly #lastWords: LastWords;
  /** Other tabs with the same document keep the same copy, and are told when it is emptied. */
  readonly #tabs: BroadcastChannel;
  #isFull = false;
  #isEmptied = false;
  #isStill = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor({ name, doc, onChange }: DeviceCopyDeps) {
    this.#name = name;
    this.#doc = doc;
    this.#onChange = onChange;
    this.#persistence = new IndexeddbPersistence(name, doc);
    this.#lastWords = new LastWords({
      key: name,
      doc,
      settled: () => this.#settled(),
      isStored: (origin) => origin === this.#persistence,
    });
    this.#tabs = new BroadcastChannel(name);
    this.#tabs.addEventListener('message', () => (this.#isEmptied = true));
    this.ready = this.#open();
  }

  async #open(): Promise<void> {
    const opened = this.#persistence.whenSynced.then(() => true);
    // Private windows and full disks: no database, so nothing may be said to be saved on the device.
    const failed = this.#database().then(
      (database) => {
        this.#watchRoom(database);
        return opened;
      },
      () => false,
    );
    const impatience = new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), OPENING_PATIENCE_MS);
    });
    const kept = await Promise.race([failed, impatience]);
    this.#lastWords.hear();
    if (kept) this.#isOpen();
    else {
      this.#onChange('not_kept');
      void failed.then((late) => late && this.#isOpen());
    }
  }

  #isOpen(): void {
    this.#trimWhenIdle();
    if (!this.#isFull) this.#onChange('kept');
  }

  /** y-indexeddb does not look whether its writes succeed, but the database hears of each that is given up. */
  #watchRoom(database: IDBDatabase): void {
    database.addEventListener('abort', ({ target }) => {
      if ((target as IDBTransaction).error?.name !== 'QuotaExceededError') return;
      this.#isFull = true;
      this.#onChange('full');
      if (!this.#isStill) this.#retryLater();
    });
  }

  #retryLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#writeWhole(), FULL_RETRY_MS);
  }

  /** What did not fit is missing between what did: only the whole mends that. */
  async #writeWhole(): Promise<void> {
    this.#isFull = false;
    try {
      await storeState(this.#persistence, true);
      await this.#settled();
      this.#onChange('kept');
    } catch {
      // Still full, and tried again; or closed.
    }
  }

  /**
   * The server has everything that this tab has. If another tab has emptied the copy meanwhile, this is the moment to
   * write it anew: nothing that the server will not take can get back into it.
   */
  acknowledged(): void {
    if (!this.#persistence.db) this.#lastWords.acknowledged();
    if (!this.#isEmptied) return;
    this.#isEmptied = false;
    void this.#writeWhole();
  }

  /**
   * Hands all that this device has of the document to `keep`, and empties the copy once that is done. Changes meanwhile
   * are handed over too; for a good end the caller lets nobody make any.
   * @throws what `keep` throws; the copy is then as it was
   */
  async setAside(keep: (update: Uint8Array<ArrayBuffer>) => Promise<void>): Promise<void> {
    this.#standStill(true);
    let hasChanged = true;
    const onUpdate = () => (hasChanged = true);
    this.#doc.on('update', onUpdate);
    try {
      let everything: Everything = { rows: [], lastKey: null, words: new Map() };
      while (hasChanged) {
        everything = await this.#everything();
        hasChanged = false;
        const words = [...everything.words.values()].map(fromText);
        await keep(merge([Y.encodeStateAsUpdate(this.#doc), ...everything.rows, ...words]));
      }
      await this.#empty(everything);
    } catch (error) {
      this.#standStill(false);
      throw error;
    } finally {
      this.#doc.off('update', onUpdate);
    }
  }

  /** While the copy is taken away, nothing may write the whole of the document into it again. */
  #standStill(still: boolean): void {
    this.#isStill = still;
    clearTimeout(this.#retry);
    // eslint-disable-next-line no-underscore-dangle -- its own trimming, a second after many edits
    if (still) clearTimeout((this.#persistence as unknown as { _storeTimeoutId: number | null })._storeTimeoutId ?? 0);
    else if (this.#isFull) this.#retryLater();
  }

  async #everything(): Promise<Everything> {
    const words = this.#lastWords.left();
    const { db } = this.#persistence;
    if (!db) return { rows: [], lastKey: null, words };
    const reading = db.transaction('updates', 'readonly');
    const store = reading.objectStore('updates');
    const [rows, keys] = [store.getAll() as IDBRequest<Uint8Array[]>, store.getAllKeys()];
    await ended(reading);
    return { rows: rows.result, lastKey: keys.result.at(-1) ?? null, words };
  }

  /** Only what was read is removed: another tab may have written since. */
  async #empty({ lastKey, words }: Everything): Promise<void> {
    const { db } = this.#persistence;
    if (db && lastKey !== null) {
      const emptying = db.transaction('updates', 'readwrite');
      emptying.objectStore('updates').delete(IDBKeyRange.upperBound(lastKey));
      await ended(emptying);
    }
    this.#lastWords.erase(words);
    this.#tabs.postMessage('emptied');
  }

  #database(): Promise<IDBDatabase> {
    // eslint-disable-next-line no-underscore-dangle -- the only sign of a database that cannot be opened
    return (this.#persistence as unknown as { _db: Promise<IDBDatabase> })._db;
  }

  #trimWhenIdle(): void {
    // eslint-disable-next-line no-underscore-dangle -- its row count
    if ((this.#persistence as unknown as { _dbsize: number })._dbsize < ROWS_WORTH_TRIMMING) return;
    const trim = () =>
      navigator.locks?.request(this.#name, () => !this.#isStill && storeState(this.#persistence, true));
    if ('requestIdleCallback' in window) requestIdleCallback(trim);
  }

  /** A database carries out transactions on a store in order, so one that only looks ends after all that wrote. */
  async #settled(): Promise<void> {
    const { db } = this.#persistence;
    if (!db) throw new Error('the database is not open');
    const look = db.transaction('updates', 'readonly');
    look.objectStore('updates').count();
    await ended(look);
    if (this.#isFull) throw new Error('the device has no room');
  }

  close(): Promise<void> {
    clearTimeout(this.#retry);
    this.#lastWords.end();
    this.#tabs.close();
    return this.#persistence.destroy().catch(() => undefined);
  }
}

/** What the device has of a document beside the doc of this tab. */
interface Everything {
  rows: Uint8Array[];
  /** Of the last row, if there is one. */
  lastKey: IDBValidKey | null;
  words: Map<string, string>;
}

function merge(updates: (Uint8Array | null)[]): Uint8Array<ArrayBuffer> {
  const whole = new Y.Doc();
  for (const update of updates) {
    try {
      if (update) Y.applyUpdate(whole, update);
    } catch {
      // No Yjs update, and so nothing that was ever shown here.
    }
  }
  return Y.encodeStateAsUpdate(whole) as Uint8Array<ArrayBuffer>;
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('the database was closed')));
  });
}
