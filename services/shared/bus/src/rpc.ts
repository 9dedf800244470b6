/**
 * Request and reply between gateway and pods, the port behind which NATS and memory stand.
 *
 * What holds for every adapter (`rpc.contract.ts`):
 * - a request reaches exactly one of the handlers that serve its subject;
 * - a subject that nobody serves is answered at once with {@link NoResponders};
 * - a request that outlives its time ends in {@link RequestTimeout}: what became of it is unknown, so it may be sent
 *   again only where sending it twice does no harm;
 * - a subscription that is stopped takes no new request and answers those that it has.
 *
 * It knows bytes and subjects, not documents.
 */
export interface Rpc {
  /**
   * Sends `data` to one handler of `subject` and gives its reply.
   * @throws NoResponders, RequestTimeout, RpcUnavailable
   */
  request(subject: string, data: Uint8Array, options: { timeoutMs: number }): Promise<Uint8Array>;
  /** Serves `subject`, as a member of the one queue group that all its handlers form. */
  serve(subject: string, handler: RpcHandler): RpcSubscription;
  /** Ends it: running handlers reply first. */
  close(): Promise<void>;
}

/** Answers a request; must not throw (a handler that does is answered by a time-out, and logged). */
export type RpcHandler = (data: Uint8Array) => Promise<Uint8Array>;

export interface RpcSubscription {
  /** Stops taking requests; resolves when those taken are answered. */
  stop(): Promise<void>;
}

/** Nobody serves the subject. */
export class NoResponders extends Error {
  override name = 'NoResponders';
}

/** No reply came in time; the request may or may not have taken effect. */
export class RequestTimeout extends Error {
  override name = 'RequestTimeout';
}

/** The bus itself cannot be reached; nothing was sent. */
export class RpcUnavailable extends Error {
  override name = 'RpcUnavailable';
}
