import type { HocuspocusProvider } from '@hocuspocus/provider';
import type { Composition } from './composition.ts';

/** A person's clause is composed in less; and well before the 30 seconds after which others are taken to have left. */
const MAX_HELD_MS = 10_000;
const MAX_HELD_BYTES = 1024 * 1024;

/**
 * What the server sends a document while somebody composes on the page: it waits outside of the document until the
 * composition is over, or has taken too long, or it has become too much. An editor that alone were kept from a change
 * would write it away again, with its next difference to the document.
 *
 * Must hold: all messages enter in the order they came in, acknowledgements and presence among them.
 */
export class HeldMessages {
  readonly #composition: Composition;
  readonly #enter: (message: MessageEvent<ArrayBuffer>) => void;
  readonly #stopListening: () => void;
  #held: MessageEvent<ArrayBuffer>[] = [];
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Stands before the provider from now on. */
  constructor(provider: Pick<HocuspocusProvider, 'onMessage'>, composition: Composition) {
    this.#composition = composition;
    this.#enter = provider.onMessage.bind(provider);
    this.#stopListening = composition.onOver(() => this.release());
    provider.onMessage = (message) => this.#take(message);
  }

  /** Lets in what is held. */
  release(): void {
    const held = this.#held;
    this.drop();
    if (held.length === 0) return;
    this.#composition.announceChanges();
    for (const message of held) this.#letIn(message);
  }

  /** Forgets what is held: its connection is gone, and the next handshake brings what the document lacks. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#held = [];
    this.#bytes = 0;
  }

  /** Lets in what is held, and holds nothing any more. */
  end(): void {
    this.#stopListening();
    this.release();
  }

  #take(message: MessageEvent<ArrayBuffer>): void {
    if (!this.#composition.isGoingOn) {
      this.release();
      this.#enter(message);
      return;
    }
    this.#held.push(message);
    this.#bytes += message.data.byteLength;
    if (this.#bytes > MAX_HELD_BYTES) this.release();
    else this.#timer ??= setTimeout(() => this.release(), MAX_HELD_MS);
  }

  /** One that cannot be read keeps out no other, as when each comes by itself. */
  #letIn(message: MessageEvent<ArrayBuffer>): void {
    try {
      this.#enter(message);
    } catch (error) {
      reportError(error);
    }
  }
}
