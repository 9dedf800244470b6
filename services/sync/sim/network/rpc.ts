import { NoResponders, RequestTimeout, type Rpc, type RpcHandler, type RpcSubscription } from '@syncline/bus';
import type { Owner, VirtualClock } from '../clock.ts';
import type { Chance } from '../random.ts';

interface Served {
  owner: Owner;
  handler: RpcHandler;
  running: Set<Promise<unknown>>;
}

/** What gateways and pods meet at, as NATS is: one queue group for each subject. */
export class RpcHub {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly subjects = new Map<string, Set<Served>>();
  /** Shares of requests and of replies that are lost. */
  faults = { requests: 0, replies: 0 };
  readonly onError: (error: unknown) => void;
  readonly #onReply: (owner: Owner, request: Uint8Array, reply: Uint8Array) => void;

  constructor(deps: {
    clock: VirtualClock;
    chance: Chance;
    onError: (error: unknown) => void;
    /** A pod gives a reply: what it says must be true now. */
    onReply: (owner: Owner, request: Uint8Array, reply: Uint8Array) => void;
  }) {
    this.clock = deps.clock;
    this.chance = deps.chance;
    this.onError = deps.onError;
    this.#onReply = deps.onReply;
  }

  /** @throws NoResponders, RequestTimeout */
  request(subject: string, data: Uint8Array, options: { timeoutMs: number }): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const { clock, chance } = this;
    const from = clock.owner;
    clock.after(options.timeoutMs, () => reject(new RequestTimeout(subject)));
    const group = [...(this.subjects.get(subject) ?? [])];
    if (!group.length) {
      clock.after(this.#delayMs(), () => reject(new NoResponders(subject)));
      return promise;
    }
    const served = chance.pick(group);
    if (chance.hits(this.faults.requests)) return promise;
    clock.afterFor(served.owner, this.#delayMs(), () => {
      const answer = served.handler(new Uint8Array(data));
      served.running.add(answer);
      const settled = () => void served.running.delete(answer);
      answer.then(settled, settled);
      answer.then((reply) => {
        if (!served.owner.alive) return;
        this.#onReply(served.owner, data, reply);
        if (!served.owner.alive || chance.hits(this.faults.replies)) return;
        const sent = new Uint8Array(reply);
        clock.afterFor(from, this.#delayMs(), () => resolve(sent));
      }, this.onError);
    });
    return promise;
  }

  /** A process has died; the hub notices after a while. */
  forget(owner: Owner): void {
    for (const group of this.subjects.values())
      for (const served of group) if (served.owner === owner) group.delete(served);
  }

  #delayMs(): number {
    return this.chance.hits(0.05) ? this.chance.between(1, 40) : this.chance.between(0.1, 1);
  }
}

/** A pod's end of the hub. */
export class SimRpc implements Rpc {
  readonly #hub: RpcHub;
  readonly #owner: Owner;
  readonly available = true;

  constructor(deps: { hub: RpcHub; owner: Owner }) {
    this.#hub = deps.hub;
    this.#owner = deps.owner;
  }

  request(): Promise<Uint8Array> {
    return Promise.reject(new Error('a pod asks nobody'));
  }

  serve(subject: string, handler: RpcHandler): RpcSubscription {
    const served: Served = { owner: this.#owner, handler, running: new Set() };
    const group = this.#hub.subjects.get(subject) ?? new Set();
    this.#hub.subjects.set(subject, group.add(served));
    return {
      async stop() {
        group.delete(served);
        await Promise.allSettled(served.running);
      },
    };
  }

  async close(): Promise<void> {
    this.#hub.forget(this.#owner);
  }
}
