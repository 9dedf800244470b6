import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { begin } from './names.ts';

/** Waits for the messages of one exchange. */
export interface InboxSlot {
  onMessage: (message: Msg) => void;
  /** The connection was lost, and with it, for all one knows, the message waited for. */
  onLost: () => void;
}

/**
 * One subscription through which all exchanges of a connection get their messages, each at a subject of its own. The
 * client's own multiplexer takes one reply for each request and cannot let go of requests when the connection is lost.
 */
export class NatsInbox {
  readonly #prefix: string;
  readonly #slots = new Map<string, InboxSlot>();
  #next = 0;

  constructor(installation: string) {
    this.#prefix = `${createInbox(`${begin.onNats(installation)}inbox`)}.`;
  }

  /** Subscribes on a client; once for each, since a client repeats its subscriptions by itself. */
  attach(nc: NatsConnection): void {
    nc.subscribe(`${this.#prefix}*`, {
      // Only permissions can fail here, and the connection's status says so.
      callback: (error, message) => {
        if (!error) this.#slots.get(message.subject.slice(this.#prefix.length))?.onMessage(message);
      },
    });
  }

  open(slot: InboxSlot): { subject: string; close: () => void } {
    const token = (this.#next++).toString(36);
    this.#slots.set(token, slot);
    return { subject: this.#prefix + token, close: () => void this.#slots.delete(token) };
  }

  /** Ends every exchange. */
  lose(): void {
    const lost = Array.from(this.#slots.values());
    for (const slot of lost) slot.onLost();
  }
}
