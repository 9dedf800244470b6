import {
  MAX_RPC_BYTES,
  MessageTooLarge,
  NoResponders,
  RequestTimeout,
  type Rpc,
  type RpcHandler,
  RpcUnavailable,
} from './rpc.ts';

interface Served {
  handler: RpcHandler;
  running: Set<Promise<unknown>>;
  onHandlerError: (error: unknown, subject: string) => void;
}

/** What several {@link MemoryRpc} in one process meet at, as processes meet at a server. */
export class RpcHub {
  readonly subjects = new Map<string, Served[]>();
  /** Called when the hub goes away, by everybody who waits for a reply. */
  readonly waiting = new Set<() => void>();
  #available = true;

  get available(): boolean {
    return this.#available;
  }

  /** Takes the hub away, for tests: replies under way are lost. */
  interrupt(): void {
    this.#available = false;
    for (const lost of this.waiting) lost();
  }

  restore(): void {
    this.#available = true;
  }
}

/**
 * {@link Rpc} inside one process. Bytes are copied (a Buffer's slice would not), so that neither side can reach
 * into the other's memory.
 */
export class MemoryRpc implements Rpc {
  readonly #hub: RpcHub;
  readonly #onHandlerError: Served['onHandlerError'];
  readonly #maxBytes: number;
  readonly #served = new Map<Served, string>();
  readonly #requests = new Set<Promise<unknown>>();
  #closed = false;
  #turn = 0;

  constructor(deps: {
    onHandlerError: (error: unknown, subject: string) => void;
    /** Its own, unless several are to meet. */
    hub?: RpcHub;
    maxBytes?: number;
  }) {
    this.#onHandlerError = deps.onHandlerError;
    this.#hub = deps.hub ?? new RpcHub();
    this.#maxBytes = deps.maxBytes ?? MAX_RPC_BYTES;
  }

  get available(): boolean {
    return !this.#closed && this.#hub.available;
  }

  request(subject: string, data: Uint8Array, options: { timeoutMs: number }): Promise<Uint8Array> {
    const request = this.#request(subject, data, options.timeoutMs);
    this.#requests.add(request);
    const settled = () => this.#requests.delete(request);
    request.then(settled, settled);
    return request;
  }

  async #request(subject: string, data: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    if (!this.available) throw new RpcUnavailable('the bus is closed');
    if (data.length > this.#maxBytes) throw new MessageTooLarge(`${data.length} bytes for ${subject}`);
    const group = this.#hub.subjects.get(subject);
    if (!group?.length) throw new NoResponders(subject);
    const served = group[this.#turn++ % group.length]!;
    const answer = run(served, subject, new Uint8Array(data));

    const { promise: unknown, reject } = Promise.withResolvers<never>();
    const lost = () => reject(new RequestTimeout(subject));
    const timer = setTimeout(lost, timeoutMs);
    this.#hub.waiting.add(lost);
    // A handler that throws gives no reply: like on a wire, only the time-out ends the request.
    const replied = answer.catch(() => unknown);
    try {
      const reply = await Promise.race([replied, unknown]);
      if (reply.length > this.#maxBytes) throw new MessageTooLarge(`${reply.length} bytes from ${subject}`);
      return reply;
    } finally {
      clearTimeout(timer);
      this.#hub.waiting.delete(lost);
    }
  }

  serve(subject: string, handler: RpcHandler) {
    const served: Served = { handler, running: new Set(), onHandlerError: this.#onHandlerError };
    this.#served.set(served, subject);
    this.#hub.subjects.set(subject, [...(this.#hub.subjects.get(subject) ?? []), served]);
    return { stop: () => this.#stop(served, subject) };
  }

  async #stop(served: Served, subject: string): Promise<void> {
    this.#served.delete(served);
    const rest = (this.#hub.subjects.get(subject) ?? []).filter((other) => other !== served);
    if (rest.length) this.#hub.subjects.set(subject, rest);
    else this.#hub.subjects.delete(subject);
    await Promise.allSettled(served.running);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#served].map(([served, subject]) => this.#stop(served, subject)));
    await Promise.allSettled(this.#requests);
  }
}

/** Runs a handler as its own process would: a throw is that process's to hear of. */
function run(served: Served, subject: string, data: Uint8Array): Promise<Uint8Array> {
  const answer = (async () => new Uint8Array(await served.handler(data)))();
  served.running.add(answer);
  answer.then(
    () => served.running.delete(answer),
    (error: unknown) => {
      served.running.delete(answer);
      served.onHandlerError(error, subject);
    },
  );
  return answer;
}
