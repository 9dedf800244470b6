import * as Y from 'yjs';
import { fromText, LastWords } from './last-words.ts';
import { type Rows, UpdateStore } from './update-store.ts';

/** Rows beyond which a copy that was just opened is rewritten as one, when the page has nothing else to do. */
const ROWS_WORTH_TRIMMING = 20;
/** A database that does not open in this time is blocked; the document is then shown without its copy. */
const OPENING_PATIENCE_MS = 4000;
/** How often a full device is asked whether it has room again. */
const FULL_RETRY_MS = 10_000;

export interface DeviceCopyDeps {
  /** Unique for person and document. */
  name: string;
  doc: Y.Doc;
  /** Told of every change, beginning with the outcome of opening. */
  onChange: (device: 'kept' | 'not_kept' | 'full') => void;
}

/** A document's copy on this device. One per person and document, so that people who share a browser share no text. */
export class DeviceCopy {
  /** Resolves when the copy has been read, or there is none; never rejects. */
  readonly ready: Promise<void>;
  readonly #doc: Y.Doc;
  readonly #onChange: DeviceCopyDeps['onChange'];
  readonly #store: UpdateStore;
  readonly #lastWords: LastWords;
  /** Other tabs with the same document keep the same copy, and are told when it is emptied. */
  readonly #tabs: BroadcastChannel;
  #isFull = false;
  #isEmptied = false;
  #isStill = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor({ name, doc, onChange }: DeviceCopyDeps) {
    this.#doc = doc;
    this.#onChange = onChange;
    this.#store = new UpdateStore({
      name,
      doc,
      onFailed: (error) => error?.name === 'QuotaExceededError' && this.#fill(),
      onLost: () => this.#onChange('not_kept'),
    });
    this.#lastWords = new LastWords({
      key: name,
      doc,
      settled: () => this.#settled(),
      isStored: (origin) => origin === this.#store,
    });
    this.#tabs = new BroadcastChannel(name);
    this.#tabs.addEventListener('message', () => (this.#isEmptied = true));
    this.ready = this.#open();
  }

  async #open(): Promise<void> {
    // Private windows and full disks: no database, so nothing may be said to be saved on the device.
    const opened = this.#store.opened.then(
      () => true,
      () => false,
    );
    const impatience = new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), OPENING_PATIENCE_MS);
    });
    const kept = await Promise.race([opened, impatience]);
    this.#lastWords.hear();
    if (kept) this.#isOpen();
    else {
      this.#onChange('not_kept');
      void opened.then((late) => late && this.#isOpen());
    }
  }

  #isOpen(): void {
    this.#trimWhenIdle();
    if (!this.#isFull) this.#onChange('kept');
  }

  #fill(): void {
    this.#isFull = true;
    this.#onChange('full');
    if (!this.#isStill) this.#retryLater();
  }

  #retryLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#writeWhole(), FULL_RETRY_MS);
  }

  /** What did not fit is missing between what did: only the whole mends that. */
  async #writeWhole(): Promise<void> {
    this.#isFull = false;
    try {
      await this.#store.rewrite();
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
    if (!this.#store.isOpen) this.#lastWords.acknowledged();
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
      let everything: Everything = { rows: NO_ROWS, words: new Map() };
      while (hasChanged) {
        everything = await this.#everything();
        hasChanged = false;
        const words = [...everything.words.values()].map(fromText);
        await keep(merge([Y.encodeStateAsUpdate(this.#doc), ...everything.rows.updates, ...words]));
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
    this.#store.mayTrim = !still;
    clearTimeout(this.#retry);
    if (!still && this.#isFull) this.#retryLater();
  }

  async #everything(): Promise<Everything> {
    return { words: this.#lastWords.left(), rows: this.#store.isOpen ? await this.#store.rows() : NO_ROWS };
  }

  /** Only what was read is removed: another tab may have written since. */
  async #empty({ rows, words }: Everything): Promise<void> {
    if (this.#store.isOpen) await this.#store.remove(rows);
    this.#lastWords.erase(words);
    this.#tabs.postMessage('emptied');
  }

  #trimWhenIdle(): void {
    if (this.#store.size < ROWS_WORTH_TRIMMING) return;
    // Failed, it is tried again when the copy is next opened.
    const trim = () => !this.#isStill && void this.#store.rewrite().catch(() => undefined);
    if ('requestIdleCallback' in globalThis) requestIdleCallback(trim);
  }

  async #settled(): Promise<void> {
    await this.#store.settled();
    if (this.#isFull) throw new Error('the device has no room');
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#lastWords.end();
    this.#tabs.close();
    this.#store.close();
  }
}

const NO_ROWS: Rows = { updates: [], lastKey: null };

/** What the device has of a document beside the doc of this tab. */
interface Everything {
  rows: Rows;
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
