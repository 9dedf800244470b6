import { IndexeddbPersistence, storeState } from 'y-indexeddb';
import type * as Y from 'yjs';
import { LastWords } from './last-words.ts';

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
  readonly #onChange: DeviceCopyDeps['onChange'];
  readonly #persistence: IndexeddbPersistence;
  readonly #lastWords: LastWords;
  #isFull = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor({ name, doc, onChange }: DeviceCopyDeps) {
    this.#name = name;
    this.#onChange = onChange;
    this.#persistence = new IndexeddbPersistence(name, doc);
    this.#lastWords = new LastWords({
      key: name,
      doc,
      settled: () => this.#settled(),
      isStored: (origin) => origin === this.#persistence,
    });
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
    if (kept) {
      this.#lastWords.hear();
      this.#trimWhenIdle();
    }
    if (!this.#isFull) this.#onChange(kept ? 'kept' : 'not_kept');
  }

  /** y-indexeddb does not look whether its writes succeed, but the database hears of each that is given up. */
  #watchRoom(database: IDBDatabase): void {
    database.addEventListener('abort', ({ target }) => {
      if ((target as IDBTransaction).error?.name !== 'QuotaExceededError') return;
      this.#isFull = true;
      this.#onChange('full');
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => void this.#writeWhole(), FULL_RETRY_MS);
    });
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

  #database(): Promise<IDBDatabase> {
    // eslint-disable-next-line no-underscore-dangle -- the only sign of a database that cannot be opened
    return (this.#persistence as unknown as { _db: Promise<IDBDatabase> })._db;
  }

  #trimWhenIdle(): void {
    // eslint-disable-next-line no-underscore-dangle -- its row count
    if ((this.#persistence as unknown as { _dbsize: number })._dbsize < ROWS_WORTH_TRIMMING) return;
    const trim = () => navigator.locks?.request(this.#name, () => storeState(this.#persistence, true));
    if ('requestIdleCallback' in window) requestIdleCallback(trim);
  }

  /** A database carries out transactions on a store in order, so one that only looks ends after all that wrote. */
  async #settled(): Promise<void> {
    const { db } = this.#persistence;
    if (!db) throw new Error('the database is not open');
    await new Promise<void>((resolve, reject) => {
      const look = db.transaction('updates', 'readonly');
      look.objectStore('updates').count();
      look.addEventListener('complete', () => resolve());
      look.addEventListener('abort', () => reject(new Error('the database was closed')));
    });
    if (this.#isFull) throw new Error('the device has no room');
  }

  close(): Promise<void> {
    clearTimeout(this.#retry);
    this.#lastWords.end();
    return this.#persistence.destroy().catch(() => undefined);
  }

  /** @returns false when another tab holds the database, so that it will be gone only once that tab is closed */
  async erase(): Promise<boolean> {
    await this.close();
    this.#lastWords.erase();
    return new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(this.#name);
      request.addEventListener('success', () => resolve(true));
      request.addEventListener('error', () => resolve(false));
      request.addEventListener('blocked', () => resolve(false));
    });
  }
}
