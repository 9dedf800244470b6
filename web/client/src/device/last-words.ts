import * as Y from 'yjs';
import { localStore, onVisibility, onWindow } from '../page.ts';

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
 * them until the page is opened again. Without a database they are all that was written since the server had
 * everything: a try, of which nobody is told that it saves anything. Must hold: an update is forgotten here only once
 * the database has it, or the server.
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
    onWindow('pagehide', () => this.#say(), signal);
    onVisibility((state) => state === 'hidden' && this.#say(), signal);
  }

  /** Brings back what closed pages left. Call it once the database has been read, or there is none. */
  hear(): void {
    for (const [key, text] of this.left()) {
      const update = fromText(text);
      if (update) {
        this.#inherited.push(key);
        Y.applyUpdate(this.#deps.doc, update);
        // The doc says nothing of what it cannot place before the server is heard.
        this.#await(update);
      } else localStore()?.removeItem(key);
    }
  }

  /** What other pages have left, or are leaving, by their keys in localStorage. */
  left(): Map<string, string> {
    const prefix = prefixOf(this.#deps.key);
    const keys = keysOf(localStore()).filter((key) => key.startsWith(prefix) && key !== this.#ownKey);
    return new Map(keys.map((key) => [key, localStore()?.getItem(key) ?? '']));
  }

  end(): void {
    this.#say();
    this.#ending.abort();
  }

  /** The server has everything that this page has. */
  acknowledged(): void {
    this.#pending = [];
    this.#forget();
  }

  /** Ends, and drops what this page has to say and what others had {@link left}, unless they have said more since. */
  erase(left: Map<string, string>): void {
    this.#ending.abort();
    this.#pending = [];
    this.#forget();
    for (const [key, text] of left) if (localStore()?.getItem(key) === text) localStore()?.removeItem(key);
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
      localStore()?.setItem(this.#ownKey, toText(Y.mergeUpdates(this.#pending)));
      // What was inherited is in the database by now, or among what is pending.
      this.#remove(this.#inherited);
    } catch {
      // Full or forbidden storage: the database has all but these moments, or the person was asked before they left.
    }
  }

  #forget(): void {
    this.#remove([this.#ownKey, ...this.#inherited]);
  }

  #remove(keys: string[]): void {
    for (const key of keys) localStore()?.removeItem(key);
    this.#inherited = [];
  }
}

function prefixOf(key: string): string {
  return `syncline:last-words:${key}:`;
}

function keysOf(kept: Storage | null): string[] {
  return Array.from({ length: kept?.length ?? 0 }, (_, index) => kept?.key(index) ?? '');
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
