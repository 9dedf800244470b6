import { HocuspocusProvider } from '@hocuspocus/provider';
import { WebSocket } from 'k6/websockets';
import * as Y from 'yjs';

export interface Client {
  doc: Y.Doc;
  provider: HocuspocusProvider;
}

/** Opens a document with the provider that browsers use; `onSynced` hears how long the first load took. */
export function connect(url: string, name: string, onSynced: (ms: number) => void): Client {
  const began = Date.now();
  const doc = new Y.Doc();
  doc.clientID = randomId();
  const provider = new HocuspocusProvider({
    url: url + name,
    name,
    document: doc,
    token: '',
    WebSocketPolyfill: Socket,
    onSynced: () => onSynced(Date.now() - began),
  } as ConstructorParameters<typeof HocuspocusProvider>[0]);
  return { doc, provider };
}

/** k6's WebSocket lacks `removeEventListener`, which the provider calls when it cleans up. */
function Socket(url: string): WebSocket {
  return Object.assign(new WebSocket(url), { removeEventListener() {} });
}

/**
 * k6's `getRandomValues` fills wider arrays with bytes (k6 issue 6318), so that the ids Yjs makes are 0–255 and collide,
 * which invalidates whatever is measured: bytes are asked for, and joined here.
 */
function randomId(): number {
  return new DataView(crypto.getRandomValues(new Uint8Array(4)).buffer).getUint32(0);
}
