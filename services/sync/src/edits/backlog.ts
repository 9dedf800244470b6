import type { Clock } from '@syncline/runtime';
import type { Wire } from './session.ts';

export interface BacklogLimits {
  /** Bytes that may wait for a client for longer than `slowMs`. */
  slowBytes: number;
  /** How long more than `slowBytes` may wait for a client. */
  slowMs: number;
  /** Bytes that may wait for a client at all, beside the frame that is sent last. */
  maxUnsentBytes: number;
}

/**
 * Watches what waits to be sent to one client, so that one that does not read costs the pod bounded memory for a bounded
 * time. Every send goes through it, so nothing can grow unseen.
 */
export class Backlog {
  readonly #deps: BacklogDeps;
  #cancel: (() => void) | null = null;

  constructor(deps: BacklogDeps) {
    this.#deps = deps;
  }

  send(bytes: Uint8Array): void {
    const { wire, limits, onSlow } = this.#deps;
    // Whoever has caught up since the last frame begins anew.
    if (wire.unsent <= limits.slowBytes) this.stop();
    if (wire.unsent > limits.maxUnsentBytes) return onSlow();
    wire.send(bytes);
    if (wire.unsent > limits.slowBytes) this.#cancel ??= this.#lookLater();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #lookLater(): () => void {
    const { clock, wire, limits, onSlow } = this.#deps;
    return clock.after(limits.slowMs, () => {
      this.#cancel = null;
      if (wire.unsent > limits.slowBytes) onSlow();
    });
  }
}

interface BacklogDeps {
  clock: Clock;
  wire: Pick<Wire, 'send' | 'unsent'>;
  limits: BacklogLimits;
  /** The client is too slow to be kept. */
  onSlow: () => void;
}
