import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import type { Clock, Logger, Random } from '@syncline/runtime';
import type { BusStatus } from './bus-status.ts';
import { parseNatsUrl } from './nats-address.ts';

export interface NatsConnectionDeps {
  /** `nats://[user:password@|token@]host[:port]`, several with commas between; `tls://` likewise. */
  url: string;
  /** Shown by the server's monitoring. */
  name: string;
  clock: Clock;
  random: Random;
  log: Logger;
  /** Called whenever the bus comes or goes. */
  onStatus?: (status: BusStatus) => void;
}

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 1_000;
/** An idle link that died without a word is noticed after two of these. */
const PING_MS = 20_000;

/**
 * A connection that never gives up: it connects in the background, so that a process starts without the bus, and
 * comes back after any loss. `onUp` is called with every new client, before anything is said to be available; the
 * client itself repeats its subscriptions when it reconnects.
 */
export class NatsLink {
  readonly #deps: NatsConnectionDeps;
  readonly #onUp: (nc: NatsConnection) => void;
  readonly #onDown: () => void;
  readonly #ended: Promise<void>;
  #nc: NatsConnection | null = null;
  #available = false;
  #closed = false;
  #endPause = () => {};

  constructor(deps: NatsConnectionDeps, on: { up: (nc: NatsConnection) => void; down: () => void }) {
    this.#deps = deps;
    this.#onUp = on.up;
    this.#onDown = on.down;
    this.#ended = this.#run();
  }

  /** The client while its server is there, else null: what is given to it meanwhile would be thrown away. */
  get live(): NatsConnection | null {
    return this.#available ? this.#nc : null;
  }

  /** The client, there or not: subscriptions made on it are sent once it is. Null before the first connection. */
  get client(): NatsConnection | null {
    return this.#nc;
  }

  /** Ends it, after what was sent has arrived, or after `deadlineMs`. */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = true;
    this.#endPause();
    const nc = this.#nc;
    if (nc && this.#available) await this.within(deadlineMs, nc.drain());
    // A client that drained is closed already.
    if (nc && !nc.isClosed()) await nc.close();
    // A first connection under way may take its own time to fail.
    await this.within(deadlineMs, this.#ended);
  }

  /** Waits for `work`, but not for ever, and not for how it ends: the server may be gone. */
  async within(deadlineMs: number, work: Promise<unknown>): Promise<void> {
    let cancel = () => {};
    const deadline = new Promise<void>((resolve) => {
      cancel = this.#deps.clock.after(deadlineMs, resolve);
    });
    await Promise.race([work.catch(() => {}), deadline]);
    cancel();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#closed) {
      try {
        const nc = await connect(this.#options());
        if (this.#closed) return await nc.close();
        failures = 0;
        await this.#watch(nc);
      } catch (error) {
        failures += 1;
        this.#down(error as Error, failures === 1);
      }
      if (!this.#closed) await this.#pause(failures);
    }
  }

  /** Resolves when the client is closed, by us or because it gave up. */
  async #watch(nc: NatsConnection): Promise<void> {
    const statuses = nc.status();
    this.#nc = nc;
    this.#onUp(nc);
    this.#up();
    for await (const status of statuses) {
      if (status.type === 'disconnect') this.#down(new Error('disconnected'), true);
      else if (status.type === 'reconnect') this.#up();
      // Such as a subject that this user may not use.
      else if (status.type === 'error') this.#deps.log.error({ err: status.error }, 'the bus refused');
      else if (status.type === 'ldm') this.#deps.log.info('the bus asked to move to another server');
    }
    this.#nc = null;
    this.#down((await nc.closed()) ?? new Error('closed'), !this.#closed);
  }

  #up(): void {
    this.#available = true;
    this.#deps.log.info({ server: this.#nc?.info?.version }, 'connected to the bus');
    this.#deps.onStatus?.({ available: true });
  }

  /** Says so once, not at every try. */
  #down(error: Error, news: boolean): void {
    this.#available = false;
    this.#onDown();
    if (!news) return;
    this.#deps.log.warn({ err: error }, 'the bus is away');
    this.#deps.onStatus?.({ available: false, error });
  }

  /** Longer after each failure, and by chance, so that a cluster's processes do not all come back at once. */
  #pause(failures: number): Promise<void> {
    const longest = Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS);
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(longest * (0.5 + this.#deps.random() / 2), resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  #options(): ConnectionOptions {
    const { url, name, random } = this.#deps;
    return {
      ...parseNatsUrl(url),
      name,
      maxReconnectAttempts: -1,
      reconnectDelayHandler: () => 100 + random() * 400,
      pingInterval: PING_MS,
      timeout: 5_000,
      // Credentials may be mended while we run.
      ignoreAuthErrorAbort: true,
      noAsyncTraces: true,
    };
  }
}
