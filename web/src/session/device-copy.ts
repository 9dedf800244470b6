import { IndexeddbPersistence, storeState } from 'y-indexeddb';
import type * as Y from 'yjs';
import { LastWords } from './last-words.ts';

/** Rows beyond which the copy is rewritten as one: y-indexeddb adds one at every load and trims only after 500 edits. */
const ROWS_WORTH_TRIMMING = 20;
/** A database that does not open in this time is blocked; the document is then shown without its copy. */
const OPENING_PATIENCE_MS = 4000;

/** A document's copy on this device. One per person and document, so that people who share a browser share no text. */
export class DeviceCopy {
  /** Resolves to whether the document is kept on this device; never rejects. */
  readonly ready: Promise<boolean>;
  readonly #name: string;
  readonly #persistence: IndexeddbPersistence;
  readonly #lastWords: LastWords;

  constructor(name: string, doc: Y.Doc) {
    this.#name = name;
    this.#persistence = new IndexeddbPersistence(name, doc);
    this.#lastWords = new LastWords({
      key: name,
      doc,
      settled: () => this.#settled(),
      isStored: (origin) => origin === this.#persistence,
    });
    this.ready = this.#open();
  }

  async #open(): Promise<boolean> {
    const opened = this.#persistence.whenSynced.then(() => true);
    // Private windows and full disks: no database, so nothing may be said to be saved on the device.
    const failed = this.#database().then(
      () => opened,
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
    return kept;
  }

  #database(): Promise<unknown> {
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
  #settled(): Promise<void> {
    const { db } = this.#persistence;
    if (!db) return Promise.reject(new Error('the database is not open'));
    return new Promise((resolve, reject) => {
      const look = db.transaction('updates', 'readonly');
      look.objectStore('updates').count();
      look.addEventListener('complete', () => resolve());
      look.addEventListener('abort', () => reject(new Error('the database was closed')));
    });
  }

  close(): Promise<void> {
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
