import { Database as DatabaseExtension } from '@hocuspocus/extension-database';
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { Server } from '@hocuspocus/server';
import type { Database } from '@syncline/journal';
import { until } from '@syncline/runtime/testing';
import * as Y from 'yjs';

/** Adds rows to a table as the extension's `store` does, with what its documentation gives for Postgres. */
export async function store(db: Database, rows: { name: string; data: Uint8Array | null }[]): Promise<void> {
  await db.query(
    `INSERT INTO stock.documents (name, data) SELECT * FROM unnest($1::text[], $2::bytea[])
     ON CONFLICT (name) DO UPDATE SET data = excluded.data`,
    [rows.map(({ name }) => name), rows.map(({ data }) => data)],
  );
}

/** What people write to these documents through a stock Hocuspocus, two to each, until its database has it all. */
export async function writeThroughStock(db: Database, names: string[]): Promise<void> {
  const stored = new Map<string, Uint8Array>();
  const server = new Server({
    port: 0,
    address: '127.0.0.1',
    quiet: true,
    debounce: 20,
    extensions: [
      new DatabaseExtension({
        fetch: async () => null,
        async store({ documentName, state }) {
          await store(db, [{ name: documentName, data: state }]);
          stored.set(documentName, state);
        },
      }),
    ],
  });
  await server.listen();
  const url = `ws://127.0.0.1:${server.address.port}`;
  const sockets = [1, 2].map(() => new HocuspocusProviderWebsocket({ url }));
  const clients = sockets.flatMap((websocketProvider) =>
    names.map((name) => {
      const provider = new HocuspocusProvider({ websocketProvider, name, document: new Y.Doc() });
      provider.attach();
      return { name, provider };
    }),
  );
  await until(() => clients.every(({ provider }) => provider.isSynced));
  clients.forEach(({ name, provider }, at) => write(provider.document, `${name} by ${at}`));
  await until(() => clients.every(({ provider }) => !provider.hasUnsyncedChanges));
  await until(() => clients.every(({ name, provider: { document } }) => has(stored.get(name), document)));
  for (const { provider } of clients) provider.destroy();
  for (const socket of sockets) socket.destroy();
  await server.destroy();
}

/** A document as applications have them: each of Yjs's types, nested, with something deleted. */
export function write(document: Y.Doc, words: string): void {
  const text = document.getText('body');
  text.insert(0, words);
  text.format(0, 3, { bold: true });
  text.delete(1, 2);
  const settings = document.getMap('settings');
  settings.set('title', words);
  settings.set('list', Y.Array.from([1, { two: [true, null] }]));
  settings.set('title', `${words}, again`);
  const paragraph = new Y.XmlElement('paragraph');
  paragraph.insert(0, [new Y.XmlText(words)]);
  document.getXmlFragment('default').insert(0, [paragraph]);
}

function has(state: Uint8Array | undefined, document: Y.Doc): boolean {
  if (!state) return false;
  const copy = new Y.Doc();
  Y.applyUpdate(copy, state);
  return Buffer.compare(Y.encodeStateAsUpdate(copy), Y.encodeStateAsUpdate(document)) === 0;
}
