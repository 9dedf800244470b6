import { createPostgres, createReader } from '@syncline/journal';
import { documentId } from '@syncline/protocol/document-id';
import * as Y from 'yjs';

/** What a cluster's Postgres holds, read past all pods. For tests. */
export interface Stored {
  /** A plan of the default workspace, put together from its snapshot and rows, and the number of the last row. */
  plan(id: string): Promise<{ doc: Y.Doc; head: number }>;
  close(): Promise<void>;
}

/** @param url of the cluster's Postgres */
export function openStored(url: string): Stored {
  const db = createPostgres({ url, connections: 2, onError: () => {} });
  const reader = createReader(db);
  return {
    async plan(id) {
      const { snapshot, rows, head } = await reader.read(documentId({ workspace: 'default', kind: 'plan', id }));
      const doc = new Y.Doc();
      if (snapshot) Y.applyUpdate(doc, snapshot.state);
      for (const row of rows) Y.applyUpdate(doc, row.update);
      return { doc, head };
    },
    close: () => db.close(),
  };
}
