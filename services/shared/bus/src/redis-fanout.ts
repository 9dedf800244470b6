import type { DocumentId } from '@syncline/protocol';
import { type Clock, type Logger, type Metrics, type Random, systemClock } from '@syncline/runtime';
import type { Redis } from 'ioredis';
import type { BusStatus } from './bus-status.ts';
import type { Fanout, FanoutSubscription } from './fanout.ts';
import { Callbacks, Listeners } from './listeners.ts';
import { begin } from './names.ts';
import { connectRedis } from './redis-connection.ts';
import { decodeRedisMessage, encodeRedisMessage, MAX_POD_ID_BYTES } from './redis-message.ts';
import { RedisPods } from './redis-pods.ts';
import { RedisPublisher } from './redis-publisher.ts';
import { RedisSubscriptions } from './redis-subscriptions.ts';

export interface RedisFanoutDeps {
  /** `redis://` or `rediss://`, with user, password and database as Redis clients read them. */
  url: string;
  /** Whose fan-out this is: pods of others on the same server do not hear it. */
  installation: string;
  /** Unique among the pods; what a pod sends does not come back to it. */
  pod: string;
  /** How long `ready` waits for a Redis that is away. */
  readyMs?: number;
  clock?: Clock;
  random?: Random;
  log: Logger;
  metrics: Metrics;
  /** Called whenever the bus comes or goes. */
  onStatus?: (status: BusStatus) => void;
}

/** How long closing waits for what was published. */
const CLOSE_MS = 1_000;

/** The channel on which pods say that they live; no document's id is so called. */
const PODS = 'pods';
const NOTHING = new Uint8Array();

/** {@link Fanout} over Redis's pub/sub: a channel for each document, a connection for each direction. */
export class RedisFanout implements Fanout {
  readonly #deps: RedisFanoutDeps & Required<Pick<RedisFanoutDeps, 'clock' | 'readyMs'>>;
  readonly #prefix: string;
  readonly #publisherRedis: Redis;
  readonly #subscriberRedis: Redis;
  readonly #publisher: RedisPublisher;
  readonly #subscriptions: RedisSubscriptions;
  readonly #listeners: Listeners;
  readonly #confirmed = new Map<DocumentId, Promise<void>>();
  readonly #restored = new Callbacks();
  readonly #podGone = new Callbacks<[pod: string]>();
  readonly #pods: RedisPods;
  readonly #podsChannel: Buffer;
  readonly #received;
  #lastError: Error | undefined;
  /** null until something has been told: also a Redis that is away from the start is news. */
  #wasAvailable: boolean | null = null;
  #wasLost = false;
  #tellingRestored = false;
  #closing: Promise<void> | undefined;

  constructor(deps: RedisFanoutDeps) {
    if (Buffer.byteLength(deps.pod) > MAX_POD_ID_BYTES) throw new RangeError(`pod ${deps.pod} is too long a name`);
    const { clock = systemClock, random = Math.random, readyMs = 1_000, metrics } = deps;
    this.#deps = { ...deps, clock, readyMs };
    const { installation } = deps;
    this.#prefix = begin.inRedis(installation);
    this.#podsChannel = Buffer.from(this.#prefix + PODS);
    this.#listeners = new Listeners({ onListenerError: this.#onListenerError });
    const published = metrics.counter('fanout_published_total', 'Frames sent to the other pods', ['outcome']);
    this.#received = metrics.counter('fanout_received_total', 'Frames of other pods, by what became of them', [
      'outcome',
    ]);
    metrics.gauge('fanout_available', '1 while frames are exchanged', (gauge) => gauge.set(this.available ? 1 : 0));

    const connection = (role: string) => {
      const onError = (error: Error) => (this.#lastError = error);
      return connectRedis(deps.url, { name: `syncline-${role}`, installation, clock, random, onError });
    };
    this.#publisherRedis = connection('publisher');
    this.#subscriberRedis = connection('subscriber');
    this.#publisherRedis.on('ready', () => this.#tellStatus('up'));
    this.#publisherRedis.on('close', () => this.#tellStatus('down'));
    this.#publisher = new RedisPublisher(this.#publisherRedis, {
      pod: deps.pod,
      channelOf: (document) => this.#prefix + document,
      onSent: (outcome) => published.inc({ outcome }),
    });
    this.#subscriptions = new RedisSubscriptions(this.#subscriberRedis, {
      standing: () => {
        if (this.#wasLost) this.#tellRestored();
        this.#wasLost = false;
        this.#tellStatus('up');
      },
      down: () => {
        this.#wasLost = true;
        this.#tellStatus('down');
      },
      refused: (error) => deps.log.error({ err: error }, 'Redis refused to subscribe'),
    });
    void this.#subscriptions.add(this.#prefix + PODS);
    this.#pods = new RedisPods({
      clock,
      say: () => this.#sayAlive(),
      canHear: () => this.available,
      onGone: (pod) => this.#podGone.call(this.#onListenerError, pod),
      onBack: () => this.#tellRestored(),
    });
    this.#subscriberRedis.on('messageBuffer', (channel: Buffer, message: Buffer) => this.#take(channel, message));
  }

  get available(): boolean {
    return !this.#closing && this.#publisher.available && this.#subscriptions.standing;
  }

  publish(document: DocumentId, frame: Uint8Array): void {
    this.#publisher.publish(document, frame);
  }

  listen(document: DocumentId, onFrame: (frame: Uint8Array) => void): FanoutSubscription {
    const remove = this.#listeners.add(document, onFrame);
    const confirmed = this.#confirmed.get(document) ?? this.#subscriptions.add(this.#prefix + document);
    this.#confirmed.set(document, confirmed);
    const stop = () => {
      if (!remove()) return;
      this.#confirmed.delete(document);
      this.#subscriptions.remove(this.#prefix + document);
    };
    return { ready: this.#within(confirmed), stop };
  }

  onRestored(callback: () => void): () => void {
    return this.#restored.add(callback);
  }

  onPodGone(callback: (pod: string) => void): () => void {
    return this.#podGone.add(callback);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#pods.stop();
    this.#listeners.clear();
    this.#subscriberRedis.disconnect();
    // Its answer comes after those to all that was published.
    const quit = this.#publisherRedis.quit().catch(() => {});
    const { promise: deadline, resolve } = Promise.withResolvers<void>();
    const cancel = this.#deps.clock.after(CLOSE_MS, resolve);
    await Promise.race([quit, deadline]);
    cancel();
    this.#publisherRedis.disconnect();
  }

  #take(channel: Buffer, bytes: Buffer): void {
    const message = decodeRedisMessage(bytes);
    if (message?.pod === this.#deps.pod) return;
    if (message) this.#pods.heard(message.pod);
    if (channel.equals(this.#podsChannel)) return;
    this.#received.inc({ outcome: message ? (message.frame ? 'frame' : 'lost') : 'unreadable' });
    if (message?.frame)
      this.#listeners.deliver(channel.toString().slice(this.#prefix.length) as DocumentId, message.frame);
    else if (message) this.#tellRestored();
  }

  #sayAlive(): void {
    if (!this.#publisher.available) return;
    const message = encodeRedisMessage({ pod: this.#deps.pod, frame: NOTHING });
    this.#publisherRedis.publish(this.#prefix + PODS, message).catch(() => {
      // The next one may get through; if none does, that is what the others should think.
    });
  }

  /** Whoever stopped waiting is told when it stands after all. */
  async #within(confirmed: Promise<void>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const cancel = this.#deps.clock.after(this.#deps.readyMs, () => resolve('late'));
    const outcome = await Promise.race([confirmed, late]);
    cancel();
    if (outcome === 'late') void confirmed.then(() => this.#tellRestored());
  }

  /** Once for all that happens in one turn: it makes a pod ask the journal about all of its documents. */
  #tellRestored(): void {
    if (this.#tellingRestored || this.#closing) return;
    this.#tellingRestored = true;
    setImmediate(() => {
      this.#tellingRestored = false;
      this.#restored.call(this.#onListenerError);
    });
  }

  #tellStatus(cause: 'up' | 'down'): void {
    const { available } = this;
    // One connection has come up and the other not yet: nothing to tell.
    const halfway = cause === 'up' && !available;
    if (available === this.#wasAvailable || halfway || this.#closing) return;
    this.#wasAvailable = available;
    const { log, onStatus } = this.#deps;
    if (available) log.info('connected to Redis');
    else log.warn({ err: this.#lastError }, 'Redis is away: pods learn of each other’s edits from the journal');
    onStatus?.({ available, ...(!available && this.#lastError && { error: this.#lastError }) });
  }

  readonly #onListenerError = (error: unknown) => {
    this.#deps.log.error({ err: error }, 'a listener failed');
  };
}
