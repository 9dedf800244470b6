import { HocuspocusProviderWebsocket, type HocuspocusProviderWebsocketConfiguration } from '@hocuspocus/provider';

/** The wait before a socket that was closed is opened again is between these two. */
const MIN_DELAY_MS = 500;
const MAX_DELAY_MS = 2_000;
/** Longest wait between two attempts; coming back to the tab or the network tries at once. */
const MAX_RETRY_DELAY_MS = 10_000;

export type DocumentSocketOptions = Pick<HocuspocusProviderWebsocketConfiguration, 'url' | 'onOpen' | 'onClose'>;

/**
 * A document's WebSocket. All that a pod closes at once, or a lost network, would otherwise come back together: the stock
 * socket spreads its later attempts, but makes the first exactly a second after it was closed. And it keeps frames for
 * later, where this one forgets them: what was typed while offline is in the doc, whence the handshake sends it. Were it
 * sent twice, acknowledgements of the former would be taken for that of the handshake, and "saved" be said too early.
 */
export class DocumentSocket extends HocuspocusProviderWebsocket {
  #isTaking = false;

  constructor(options: DocumentSocketOptions, random: () => number = Math.random) {
    super({
      ...options,
      delay: MIN_DELAY_MS + Math.floor(random() * (MAX_DELAY_MS - MIN_DELAY_MS)),
      minDelay: MIN_DELAY_MS,
      maxDelay: MAX_RETRY_DELAY_MS,
    });
  }

  /** From now on frames go out. */
  take(): void {
    this.#isTaking = true;
  }

  /** Forgets frames from now on, and closes the connection if there is one: it is made again after a while. */
  drop(): void {
    this.#isTaking = false;
    this.webSocket?.close();
  }

  override send(message: unknown): void {
    if (this.#isTaking && this.webSocket?.readyState === WebSocket.OPEN) super.send(message);
  }
}
