import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import type * as Y from 'yjs';

/** As a user may set it: by default the provider waits a second before it comes back, and a round is over by then. */
const RECONNECT = { delay: 100, minDelay: 50, maxDelay: 300, factor: 1.5 };

/** Opens a document with the stock provider. */
export function join(options: { url: string; name: string; doc: Y.Doc; socket?: typeof WebSocket }) {
  const { name, doc: document, socket } = options;
  const websocketProvider = new HocuspocusProviderWebsocket({
    url: `${options.url.replace('http', 'ws')}/sync/${name}`,
    ...RECONNECT,
    ...(socket && { WebSocketPolyfill: socket }),
  });
  const provider = new HocuspocusProvider({ websocketProvider, name, document, token: 'person:tester' });
  provider.attach();
  return {
    get synced() {
      return provider.isSynced;
    },
    leave() {
      provider.destroy();
      websocketProvider.destroy();
    },
  };
}
