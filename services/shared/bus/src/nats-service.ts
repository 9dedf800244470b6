import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Clock } from '@syncline/runtime';
import type { NatsLink } from './nats-connection.ts';
import type { NatsInbox } from './nats-inbox.ts';
import { answerTooLarge, askForRest, partBytes, partOf, sendParts } from './nats-message.ts';
import { Assembly, splitParts } from './parts.ts';
import { MessageTooLarge, type RpcHandler } from './rpc.ts';

export interface NatsServiceDeps {
  link: NatsLink;
  inbox: NatsInbox;
  clock: Clock;
  maxBytes: number;
  /** How long stopping waits for the server. */
  drainMs: number;
  onHandlerError: (error: unknown, subject: string) => void;
}

/** The one queue group that all handlers of a subject form. */
const QUEUE = 'syncline';
/** The parts of a request follow each other at once; whoever sent the first is gone when they do not. */
const PARTS_MS = 10_000;

/** One served subject, over all the clients that its connection has in the course of time. */
export class NatsService {
  readonly #subject: string;
  readonly #handler: RpcHandler;
  readonly #deps: NatsServiceDeps;
  readonly #running = new Set<Promise<void>>();
  #subscription: Subscription | undefined;

  constructor(subject: string, handler: RpcHandler, deps: NatsServiceDeps) {
    this.#subject = subject;
    this.#handler = handler;
    this.#deps = deps;
  }

  attach(nc: NatsConnection): void {
    this.#subscription = nc.subscribe(this.#subject, {
      queue: QUEUE,
      callback: (error, message) => {
        if (error) this.#deps.onHandlerError(error, this.#subject);
        else this.#take(nc, message);
      },
    });
  }

  /**
   * First no new request, then every taken one answered, then the answers with the server. The client's own drain of a
   * connection does not wait for handlers, and loses their replies.
   */
  async stop(): Promise<void> {
    const { link, drainMs } = this.#deps;
    const subscription = this.#subscription;
    if (subscription && link.live && !subscription.isClosed()) await link.within(drainMs, subscription.drain());
    else subscription?.unsubscribe();
    await Promise.allSettled(this.#running);
    if (link.live) await link.within(drainMs, link.live.flush());
  }

  #take(nc: NatsConnection, message: Msg): void {
    const work = this.#answer(nc, message)
      .catch((error: unknown) => this.#deps.onHandlerError(error, this.#subject))
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async #answer(nc: NatsConnection, message: Msg): Promise<void> {
    const { maxBytes } = this.#deps;
    const part = partOf(message);
    if (!part || !message.reply) throw new Error('a message that is no request');
    const data = part.of === 1 ? message.data : await this.#rest(message, part);
    const reply = await this.#handler(data);
    if (reply.length > maxBytes) {
      answerTooLarge(message);
      throw new MessageTooLarge(`a reply of ${reply.length} bytes`);
    }
    sendParts(nc, { subject: message.reply }, splitParts(reply, partBytes(nc)));
  }

  /** Takes the other parts of a request at an inbox of our own. */
  #rest(first: Msg, part: { n: number; of: number }): Promise<Uint8Array> {
    const { clock, inbox, maxBytes } = this.#deps;
    const request = new Assembly(maxBytes);
    request.add(part, first.data);
    return new Promise<Uint8Array>((resolve, reject) => {
      const slot = inbox.open({
        onMessage: (message) => {
          try {
            const next = partOf(message);
            const whole = next && request.add(next, message.data);
            if (whole) end(() => resolve(whole));
          } catch (error) {
            answerTooLarge(first);
            end(() => reject(error as Error));
          }
        },
        onLost: () => end(() => reject(new Error('the connection was lost amid a request'))),
      });
      const cancel = clock.after(PARTS_MS, () => end(() => reject(new Error('the rest of a request did not come'))));
      const end = (settle: () => void) => {
        cancel();
        slot.close();
        settle();
      };
      askForRest(first, slot.subject);
    });
  }
}
