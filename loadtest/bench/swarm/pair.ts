import * as Y from 'yjs';
import { WireClient } from './wire-client.ts';

/** An edit that its other half has not seen yet. */
interface Unseen {
  clock: number;
  since: number;
}

/**
 * Two clients on one document, on the two pods. Both are in this process, so that one clock times an edit from where it
 * is typed to where it is seen.
 */
export class Pair {
  readonly clients: readonly [WireClient, WireClient];
  /** Called when an edit is seen by the other, with its age. */
  onSeen: (ms: number) => void = () => {};
  edits = 0;
  readonly name: string;
  readonly #unseen: [Unseen[], Unseen[]] = [[], []];

  constructor(urls: readonly [string, string], name: string, flushDelayMs = 0) {
    this.name = name;
    const client = (url: string) => new WireClient({ url, name, flushDelayMs });
    this.clients = [client(urls[0]), client(urls[1])];
    this.#watch(0);
    this.#watch(1);
  }

  get unseen(): number {
    return this.#unseen[0].length + this.#unseen[1].length;
  }

  get ended(): string[] {
    return this.clients.flatMap(({ ended }) => ended ?? []);
  }

  /** One of the two types a character, at the end or at an offset. */
  edit(writer: 0 | 1, at?: number): void {
    const { doc, text } = this.clients[writer];
    const since = performance.now();
    text.insert(at ?? text.length, 'x');
    this.edits += 1;
    this.#unseen[writer].push({ clock: Y.getState(doc.store, doc.clientID), since });
  }

  /** Whether both hold the same document, deletions included. */
  get equal(): boolean {
    return sameDocument(this.clients[0].doc, this.clients[1].doc);
  }

  close(): void {
    for (const client of this.clients) client.close();
  }

  #watch(writer: 0 | 1): void {
    const unseen = this.#unseen[writer];
    const author = this.clients[writer].doc.clientID;
    const { doc } = this.clients[writer === 0 ? 1 : 0];
    doc.on('update', () => {
      if (!unseen.length) return;
      const clock = Y.getState(doc.store, author);
      const now = performance.now();
      while (unseen.length && unseen[0]!.clock <= clock) this.onSeen(now - unseen.shift()!.since);
    });
  }
}

export function sameDocument(a: Y.Doc, b: Y.Doc): boolean {
  return (
    a.getText('load').toString() === b.getText('load').toString() && Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b))
  );
}
