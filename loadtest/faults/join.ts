import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import type * as Y from 'yjs';

/** As a user may set it: by default the provider waits a second before it comes back, and a round is over by then. */
const RECONNECT = { delay: 100, minDelay: 50, maxDelay: 300, factor: 1.5 };

export interface JoinOptions {
  url: string;
  /** The document's, as `<kind>:<id>`. */
  name: string;
  doc: Y.Doc;
  token: string;
  socket?: typeof WebSocket;
  /** By what name the others see whoever joins, and what is done with what is seen of them. */
  presence?: { name: string; onSeen: (states: object[]) => void };
}

/** Opens a document with the stock provider. */
export function join(options: JoinOptions) {
  const { name, doc: document, token, socket, presence } = options;
  const websocketProvider = new HocuspocusProviderWebsocket({
    url: `${options.url.replace('http', 'ws')}/sync/${name}`,
    ...RECONNECT,
    ...(socket && { WebSocketPolyfill: socket }),
  });
  const provider = new HocuspocusProvider({ websocketProvider, name, document, token });
  if (presence) {
    provider.setAwarenessField('user', { name: presence.name });
    provider.on('awarenessChange', ({ states }: { states: object[] }) => presence.onSeen(states));
  }
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
