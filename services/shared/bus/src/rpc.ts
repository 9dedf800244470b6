/** The most that a request or a reply may carry, unless an adapter is told otherwise. */
export const MAX_RPC_BYTES = 32 * 1024 * 1024;

/**
 * Request and reply between gateway and pods, the port behind which NATS and memory stand. Its rules are B1–B9 of
 * SPEC.md, and `rpc.contract.ts` holds every adapter to them:
 * - a request reaches exactly one of the handlers that serve its subject;
 * - a subject that nobody serves is answered at once with {@link NoResponders};
 * - a request that outlives its time, or the connection it was sent on, ends in {@link RequestTimeout}: what became of
 *   it is unknown, so it may be sent again only where sending it twice does no harm;
 * - a subscription that is stopped takes no new request and answers those that it has;
 * - while the bus is away requests fail at once, and subscriptions stand again by themselves once it is back.
 *
 * It knows bytes and subjects, not documents.
 */
export interface Rpc {
  /**
   * Sends `data` to one handler of `subject` and gives its reply.
   * @throws NoResponders, RequestTimeout, RpcUnavailable, MessageTooLarge
   */
  request(subject: string, data: Uint8Array, options: { timeoutMs: number }): Promise<Uint8Array>;
  /** Serves `subject`, as a member of the one queue group that all its handlers form; also while the bus is away. */
  serve(subject: string, handler: RpcHandler): RpcSubscription;
  /** Ends it: takes no new request, lets running handlers reply and waits for replies under way. Never rejects. */
  close(): Promise<void>;
  /** Whether a request can be sent right now. */
  readonly available: boolean;
}

/** Answers a request; must not throw (a handler that does is answered by a time-out, and logged). */
export type RpcHandler = (data: Uint8Array) => Promise<Uint8Array>;

export interface RpcSubscription {
  /** Stops taking requests; resolves when those taken are answered. Never rejects. */
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

/** The request, or its reply, is over the limit. A request is then not sent; a handler has run when it is the reply. */
export class MessageTooLarge extends Error {
  override name = 'MessageTooLarge';
}
