import { randomBytes } from 'node:crypto';
import { HocuspocusProvider } from '@hocuspocus/provider';
import { until } from '@syncline/runtime/testing';
import * as Y from 'yjs';

/** As long as a sentence or two, and nothing that a database could make smaller. */
const WORDS_BYTES = 600;

/** A person with the stock provider who writes on and on, and what happened to them meanwhile. For tests. */
export class Editor {
  readonly label: string;
  readonly doc = new Y.Doc();
  readonly provider: HocuspocusProvider;
  /** Keys of what has been written, in order. */
  readonly written: string[] = [];
  /** Moments at which everything was said to be saved that had been written until then. */
  readonly saved: number[] = [];
  readonly closed: { code: number; at: number }[] = [];
  readonly opened: number[] = [];
  #writing: NodeJS.Timeout | undefined;

  /** @param at the address of a pod or a balancer, as `http://…` @param token where not everyone is let in */
  constructor(at: string, name: string, label: string, token = `person:${label}`) {
    this.label = label;
    this.provider = new HocuspocusProvider({
      url: `${at.replace('http', 'ws')}/sync/${name}`,
      name,
      document: this.doc,
      token,
    });
    this.provider.on('open', () => this.opened.push(performance.now()));
    this.provider.on('close', ({ event }: { event: { code: number } }) => {
      this.closed.push({ code: event.code, at: performance.now() });
    });
    this.provider.on('unsyncedChanges', () => {
      if (this.isSaved) this.saved.push(performance.now());
    });
  }

  get isSaved(): boolean {
    return this.provider.isSynced && !this.provider.hasUnsyncedChanges;
  }

  write(): void {
    const key = `${this.label}.${this.written.length}`;
    this.written.push(key);
    this.doc.getMap('metadata').set(key, randomBytes(WORDS_BYTES).toString('base64'));
  }

  /** Writes something about this often, until {@link pause}. */
  keepWriting(everyMs: number): void {
    this.#writing = setInterval(() => this.write(), everyMs);
  }

  pause(): void {
    clearInterval(this.#writing);
  }

  synced(deadlineMs = 30_000): Promise<void> {
    return until(() => this.provider.isSynced, deadlineMs);
  }

  /** Resolves when all that was written is acknowledged. */
  acknowledged(deadlineMs = 60_000): Promise<void> {
    return until(() => this.isSaved, deadlineMs);
  }

  sees(other: Editor): boolean {
    return this.provider.awareness!.getStates().has(other.doc.clientID);
  }

  leave(): void {
    this.pause();
    this.provider.destroy();
  }
}
