import { type Clock, type Metrics, type Random, systemClock } from '@syncline/runtime';
import { begin } from './names.ts';
import { type NatsConnectionDeps, NatsLink } from './nats-connection.ts';
import { NatsInbox } from './nats-inbox.ts';
import { requestOverNats } from './nats-request.ts';
import { NatsService } from './nats-service.ts';
import {
  MAX_RPC_BYTES,
  MessageTooLarge,
  NoResponders,
  RequestTimeout,
  type Rpc,
  type RpcHandler,
  type RpcSubscription,
  RpcUnavailable,
} from './rpc.ts';

export interface NatsRpcDeps extends Omit<NatsConnectionDeps, 'clock' | 'random'> {
  clock?: Clock;
  random?: Random;
  metrics: Metrics;
  /** Whose bus this is: those of others on the same server neither hear nor answer it. */
  installation: string;
  onHandlerError: (error: unknown, subject: string) => void;
  /** The most that a request or a reply may carry, in as many parts as the server's `max_payload` makes of it. */
  maxBytes?: number;
  /** How long stopping and closing wait for a server that does not answer. */
  drainMs?: number;
}

/**
 * {@link Rpc} over core NATS, within what a server 2.9 can do. It starts, and serves, while the server is away;
 * {@link connected} is for those who would rather wait.
 *
 * Nothing is given to the client while its server is away, because it would throw that away without a word.
 */
export class NatsRpc implements Rpc {
  /** Resolves when the server has been reached for the first time. */
  readonly connected: Promise<void>;
  readonly #link: NatsLink;
  readonly #inbox: NatsInbox;
  readonly #services = new Set<NatsService>();
  readonly #requests = new Set<Promise<unknown>>();
  readonly #deps: NatsRpcDeps & Required<Pick<NatsRpcDeps, 'clock' | 'random' | 'maxBytes' | 'drainMs'>>;
  readonly #count;
  #closing: Promise<void> | undefined;

  constructor(deps: NatsRpcDeps) {
    const { clock = systemClock, random = Math.random, maxBytes = MAX_RPC_BYTES, drainMs = 5_000 } = deps;
    this.#deps = { ...deps, clock, random, maxBytes, drainMs };
    this.#count = deps.metrics.counter('rpc_requests_total', 'Requests sent over the bus, by outcome', ['outcome']);
    deps.metrics.gauge('rpc_available', '1 while requests can be sent', (gauge) => gauge.set(this.available ? 1 : 0));
    this.#inbox = new NatsInbox(deps.installation);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.connected = promise;
    this.#link = new NatsLink(this.#deps, {
      up: (nc) => {
        this.#inbox.attach(nc);
        for (const service of this.#services) service.attach(nc);
        resolve();
      },
      down: () => this.#inbox.lose(),
    });
  }

  get available(): boolean {
    return !this.#closing && this.#link.live !== null;
  }

  async request(subject: string, data: Uint8Array, options: { timeoutMs: number }): Promise<Uint8Array> {
    const request = this.#request(subject, data, options.timeoutMs);
    this.#requests.add(request);
    try {
      const reply = await request;
      this.#count.inc({ outcome: 'reply' });
      return reply;
    } catch (error) {
      this.#count.inc({ outcome: outcomeOf(error) });
      throw error;
    } finally {
      this.#requests.delete(request);
    }
  }

  async #request(subject: string, data: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    const { maxBytes, clock } = this.#deps;
    if (data.length > maxBytes) throw new MessageTooLarge(`${data.length} bytes for ${subject}, of ${maxBytes}`);
    const nc = this.#link.live;
    if (!nc || this.#closing) throw new RpcUnavailable(this.#closing ? 'the bus is closed' : 'the bus is away');
    const request = { subject: this.#subjectOf(subject), data, timeoutMs };
    return requestOverNats(nc, request, { inbox: this.#inbox, clock, maxBytes });
  }

  serve(subject: string, handler: RpcHandler): RpcSubscription {
    const { clock, maxBytes, drainMs, onHandlerError } = this.#deps;
    const service = new NatsService(this.#subjectOf(subject), handler, {
      link: this.#link,
      inbox: this.#inbox,
      clock,
      maxBytes,
      drainMs,
      onHandlerError,
    });
    this.#services.add(service);
    if (this.#link.client) service.attach(this.#link.client);
    let stopped: Promise<void> | undefined;
    const stop = () => {
      this.#services.delete(service);
      return (stopped ??= service.stop());
    };
    return { stop };
  }

  /** Resolves when the server has taken all that was sent and served until now; at once while it is away. */
  async flush(): Promise<void> {
    const nc = this.#link.live;
    if (nc) await this.#link.within(this.#deps.drainMs, nc.flush());
  }

  #subjectOf(subject: string): string {
    return begin.onNats(this.#deps.installation) + subject;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#services].map((service) => service.stop()));
    this.#services.clear();
    await Promise.allSettled(this.#requests);
    await this.#link.close(this.#deps.drainMs);
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof NoResponders) return 'no_responders';
  if (error instanceof RequestTimeout) return 'timeout';
  if (error instanceof RpcUnavailable) return 'unavailable';
  if (error instanceof MessageTooLarge) return 'too_large';
  return 'error';
}
