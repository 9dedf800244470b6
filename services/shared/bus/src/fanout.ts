import type { DocumentId } from '@syncline/protocol';

/**
 * From one pod to all others that hold a document, the port behind which Redis and memory stand. Its rules are B11–B18
 * of SPEC.md, and `fanout.contract.ts` holds every adapter to them. It may lose frames, and says when it may have; the
 * journal repairs. What arrives is whole, and in the order in which its publisher sent it.
 *
 * It knows frames as bytes, not what they say.
 */
export interface Fanout {
  /**
   * Sends to every other pod that listens to the document. Never throws and never waits: what the bus loses, the
   * journal repairs. Counted when it could not be sent.
   */
  publish(document: DocumentId, frame: Uint8Array): void;
  /**
   * Calls `onFrame` for each frame that another pod publishes, in each publisher's order. Never throws, also while the
   * bus is away.
   */
  listen(document: DocumentId, onFrame: (frame: Uint8Array) => void): FanoutSubscription;
  /**
   * Calls back when subscriptions stand after they had not: frames may have been missed.
   * @returns what ends it
   */
  onRestored(callback: () => void): () => void;
  /**
   * Calls back with the id of a pod that has ended, in whatever way, within a few seconds. One that only seemed to have,
   * because it was held up, is heard of again by {@link onRestored}.
   * @returns what ends it
   */
  onPodGone(callback: (pod: string) => void): () => void;
  /** Whether frames can be sent and will arrive. */
  readonly available: boolean;
  /** Ends it, after what was published has been sent. Never rejects. */
  close(): Promise<void>;
}

export interface FanoutSubscription {
  /**
   * Resolves once frames published from now on will arrive, or at the latest after a short bound when the bus is away
   * (then {@link Fanout.onRestored} calls back later). Never rejects.
   */
  readonly ready: Promise<void>;
  /** No frame arrives any more. */
  stop(): void;
}
