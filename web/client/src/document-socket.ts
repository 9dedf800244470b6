import { HocuspocusProviderWebsocket, type HocuspocusProviderWebsocketConfiguration } from '@hocuspocus/provider';

/** The wait before a socket that was closed is opened again is between these two. */
const MIN_DELAY_MS = 500;
const MAX_DELAY_MS = 2_000;
/** Longest wait between two attempts; coming back to the tab or the network tries at once. */
const MAX_RETRY_DELAY_MS = 10_000;

/**
 * A document's WebSocket. All that a pod closes at once, or a lost network, would otherwise come back together: the stock
 * socket spreads its later attempts, but makes the first exactly a second after it was closed.
 */
export function openDocumentSocket(
  options: Pick<HocuspocusProviderWebsocketConfiguration, 'url' | 'onOpen' | 'onClose'>,
  random: () => number,
): HocuspocusProviderWebsocket {
  return new HocuspocusProviderWebsocket({
    ...options,
    delay: MIN_DELAY_MS + Math.floor(random() * (MAX_DELAY_MS - MIN_DELAY_MS)),
    minDelay: MIN_DELAY_MS,
    maxDelay: MAX_RETRY_DELAY_MS,
  });
}
