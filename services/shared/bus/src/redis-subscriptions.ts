import type { Redis } from 'ioredis';

/** Channels are subscribed this many at a time: one command for all of a pod's documents would hold Redis up. */
const CHANNELS_AT_ONCE = 500;

/**
 * The channels that a connection should hear, subscribed again by themselves whenever it comes back.
 *
 * Holds: `standing` is true only while Redis has confirmed every channel wanted at the moment the connection came back.
 */
export class RedisSubscriptions {
  readonly #redis: Redis;
  readonly #onStanding: () => void;
  readonly #onRefused: (error: Error) => void;
  /** By channel, what is called once Redis has confirmed it. */
  readonly #wanted = new Map<string, () => void>();
  #standing = false;

  constructor(redis: Redis, on: { standing: () => void; down: () => void; refused: (error: Error) => void }) {
    this.#redis = redis;
    this.#onStanding = on.standing;
    this.#onRefused = on.refused;
    redis.on('ready', () => void this.#standAgain());
    redis.on('close', () => {
      this.#standing = false;
      on.down();
    });
  }

  get standing(): boolean {
    return this.#standing;
  }

  /** Resolves at Redis's first confirmation, however long that takes. */
  add(channel: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    // A function of its own for each wish: a channel that was given up and is wanted again has to be confirmed again.
    this.#wanted.set(channel, () => resolve());
    if (this.#redis.status === 'ready') void this.#subscribe([channel]);
    return promise;
  }

  remove(channel: string): void {
    this.#wanted.get(channel)?.();
    this.#wanted.delete(channel);
    if (this.#redis.status === 'ready') this.#redis.unsubscribe(channel).catch(() => {});
  }

  async #standAgain(): Promise<void> {
    const channels = [...this.#wanted.keys()];
    for (let n = 0; n < channels.length; n += CHANNELS_AT_ONCE)
      if (!(await this.#subscribe(channels.slice(n, n + CHANNELS_AT_ONCE)))) return;
    if (this.#redis.status !== 'ready') return;
    this.#standing = true;
    this.#onStanding();
  }

  async #subscribe(channels: string[]): Promise<boolean> {
    const wanted = channels.flatMap((channel) => {
      const confirm = this.#wanted.get(channel);
      return confirm ? [{ channel, confirm }] : [];
    });
    if (!wanted.length) return true;
    try {
      await this.#redis.subscribe(...wanted.map(({ channel }) => channel));
    } catch (error) {
      // A lost connection says so by itself, and comes back; a refusal, such as a missing right, must be told.
      if (this.#redis.status === 'ready') this.#onRefused(error as Error);
      return false;
    }
    for (const { confirm } of wanted) confirm();
    return true;
  }
}
