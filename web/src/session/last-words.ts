import * as Y from 'yjs';

export interface LastWordsDeps {
  /** Unique for person and document. */
  key: string;
  doc: Y.Doc;
  /** Resolves when everything that was handed to the device copy before the call is in the database. */
  settled: () => Promise<void>;
  /** Whether the device copy wrote or read this itself. */
  isStored: (origin: unknown) => boolean;
}

/**
 * What was typed in the last moments before the page goes away. IndexedDB drops the transactions that a closing page
 * has not yet finished (with quick typing that is a dozen keystrokes), but localStorage is written at once: it keeps
 * them until the page is opened again. Must hold: an update is forgotten here only once the database has it.
 */
export class LastWords {
  readonly #deps: LastWordsDeps;
  readonly #ownKey: string;
  /** Updates on their way to the database, oldest first. */
  #pending: Uint8Array[] = [];
  /** Entries of closed pages that are being brought into the database. */
  #inherited: string[] = [];
  #settling = false;
  readonly #ending = new AbortController();

  constructor(deps: LastWordsDeps) {
    this.#deps = deps;
    this.#ownKey = `${prefixOf(deps.key)}${deps.doc.clientID}`;
    const { signal } = this.#ending;
    const onUpdate = (update: Uint8Array, origin: unknown) => {
      if (!deps.isStored(origin)) this.#await(update);
    };
    deps.doc.on('update', onUpdate);
    signal.addEventListener('abort', () => deps.doc.off('update', onUpdate));
    window.addEventListener('pagehide', () => this.#say(), { signal });
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && this.#say(), {
      signal,
    });
  }

  /** Brings back what closed pages left. Call it once the database has been read. */
  hear(): void {
    for (const [key, text] of this.left()) {
      const update = fromText(text);
      if (update) {
        this.#inherited.push(key);
        Y.applyUpdate(this.#deps.doc, update);
      } else localStorage.removeItem(key);
    }
    if (this.#pending.length === 0) this.#forget();
  }

  /** What other pages have left, or are leaving, by their keys in localStorage. */
  left(): Map<string, string> {
    const prefix = prefixOf(this.#deps.key);
    const keys = keysOf(localStorage).filter((key) => key.startsWith(prefix) && key !== this.#ownKey);
    return new Map(keys.map((key) => [key, localStorage.getItem(key) ?? '']));
  }

  end(): void {
    this.#say();
    this.#ending.abort();
  }

  /** Ends, and drops what this page has to say and what others had {@link left}, unless they have said more since. */
  erase(left: Map<string, string>): void {
    this.#ending.abort();
    this.#pending = [];
    this.#forget();
    for (const [key, text] of left) if (localStorage.getItem(key) === text) localStorage.removeItem(key);
  }

  #await(update: Uint8Array): void {
    this.#pending.push(update);
    if (!this.#settling) void this.#settle();
  }

  async #settle(): Promise<void> {
    this.#settling = true;
    while (this.#pending.length > 0 && !this.#ending.signal.aborted) {
      const count = this.#pending.length;
      try {
        await this.#deps.settled();
      } catch {
        // No database, so nothing to wait for; what is pending is still said when the page goes.
        break;
      }
      this.#pending.splice(0, count);
    }
    this.#settling = false;
    if (this.#pending.length === 0) this.#forget();
  }

  #say(): void {
    if (this.#pending.length === 0) return;
    try {
      localStorage.setItem(this.#ownKey, toText(Y.mergeUpdates(this.#pending)));
    } catch {
      // Full storage: the database has all but these moments.
    }
  }

  #forget(): void {
    for (const key of [this.#ownKey, ...this.#inherited]) localStorage.removeItem(key);
    this.#inherited = [];
  }
}

function prefixOf(key: string): string {
  return `syncline:last-words:${key}:`;
}

function keysOf(storage: Storage): string[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
}

function toText(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(''));
}

/** @returns null when it is damaged */
export function fromText(text: string): Uint8Array | null {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.codePointAt(0)!);
    Y.decodeUpdate(bytes);
    return bytes;
  } catch {
    // Damaged: nothing can be made of it.
    return null;
  }
}
