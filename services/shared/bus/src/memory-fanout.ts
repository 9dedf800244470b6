import type { DocumentId } from '@syncline/protocol';
import type { Fanout, FanoutSubscription } from './fanout.ts';
import { Callbacks, Listeners } from './listeners.ts';

/** What several {@link MemoryFanout} in one process meet at, as pods meet at a server. */
export class FanoutHub {
  readonly pods = new Set<{ deliver(document: DocumentId, frame: Uint8Array): void; restored(): void }>();
  #available = true;

  get available(): boolean {
    return this.#available;
  }

  /** Takes the hub away, for tests: what is published meanwhile is lost. */
  interrupt(): void {
    this.#available = false;
  }

  restore(): void {
    this.#available = true;
    for (const pod of this.pods) pod.restored();
  }
}

/** {@link Fanout} between pods of one process; each frame arrives in a later turn, as a copy of its own. */
export class MemoryFanout implements Fanout {
  readonly #hub: FanoutHub;
  readonly #listeners: Listeners;
  readonly #restored = new Callbacks();
  readonly #onListenerError: (error: unknown) => void;
  readonly #end = {
    deliver: (document: DocumentId, frame: Uint8Array) => {
      // Copied at once: its sender may use the memory again. (A Buffer's slice would be no copy.)
      const copy = new Uint8Array(frame);
      setImmediate(() => this.#listeners.deliver(document, copy));
    },
    restored: () => this.#restored.call(this.#onListenerError),
  };
  #closed = false;

  constructor(deps: { hub: FanoutHub; onListenerError: (error: unknown) => void }) {
    this.#hub = deps.hub;
    this.#onListenerError = deps.onListenerError;
    this.#listeners = new Listeners(deps);
    this.#hub.pods.add(this.#end);
  }

  get available(): boolean {
    return !this.#closed && this.#hub.available;
  }

  publish(document: DocumentId, frame: Uint8Array): void {
    if (!this.available) return;
    for (const pod of this.#hub.pods) if (pod !== this.#end) pod.deliver(document, frame);
  }

  listen(document: DocumentId, onFrame: (frame: Uint8Array) => void): FanoutSubscription {
    return { ready: Promise.resolve(), stop: this.#listeners.add(document, onFrame) };
  }

  onRestored(callback: () => void): () => void {
    return this.#restored.add(callback);
  }

  /** Pods of one process end together. */
  onPodGone(): () => void {
    return () => {};
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#hub.pods.delete(this.#end);
    this.#listeners.clear();
  }
}
