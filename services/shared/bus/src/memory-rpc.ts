import { NoResponders, RequestTimeout, type Rpc, type RpcHandler, RpcUnavailable } from './rpc.ts';

interface Served {
  handler: RpcHandler;
  running: Set<Promise<unknown>>;
}

/** {@link Rpc} inside one process. Bytes are copied, so that neither side can reach into the other's memory. */
export class MemoryRpc implements Rpc {
  readonly #subjects = new Map<string, Served[]>();
  readonly #onHandlerError: (error: unknown, subject: string) => void;
  #closed = false;
  #turn = 0;

  constructor(deps: { onHandlerError: (error: unknown, subject: string) => void }) {
    this.#onHandlerError = deps.onHandlerError;
  }

  async request(subject: string, data: Uint8Array, options: { timeoutMs: number }): Promise<Uint8Array> {
    if (this.#closed) throw new RpcUnavailable('the bus is closed');
    const group = this.#subjects.get(subject);
    if (!group?.length) throw new NoResponders(subject);
    const served = group[this.#turn++ % group.length]!;

    const answer = served.handler(data.slice()).then((reply) => reply.slice());
    served.running.add(answer);
    const settled = answer.then(
      () => served.running.delete(answer),
      (error: unknown) => {
        served.running.delete(answer);
        this.#onHandlerError(error, subject);
      },
    );

    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new RequestTimeout(subject)), options.timeoutMs);
    });
    // A handler that throws gives no reply: like on a wire, only the time-out ends the request.
    const replied = settled.then(() => answer).catch(() => timeout);
    try {
      return await Promise.race([replied, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  serve(subject: string, handler: RpcHandler) {
    const served: Served = { handler, running: new Set() };
    const group = this.#subjects.get(subject) ?? [];
    this.#subjects.set(subject, [...group, served]);
    return {
      stop: async () => {
        const rest = (this.#subjects.get(subject) ?? []).filter((other) => other !== served);
        if (rest.length) this.#subjects.set(subject, rest);
        else this.#subjects.delete(subject);
        await Promise.allSettled(served.running);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#subjects.values()].flat().flatMap((served) => [...served.running]);
    this.#subjects.clear();
    await Promise.allSettled(running);
  }
}
