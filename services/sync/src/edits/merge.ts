import type { Row, Snapshot, Unappliable } from '@syncline/journal';
import * as Y from 'yjs';

export interface MergeTask {
  snapshot: Pick<Snapshot, 'state'> | null;
  rows: Omit<Row, 'nonce'>[];
}

export interface Merged {
  state: Uint8Array;
  unappliable: Unappliable[];
}

/**
 * The state that a snapshot and the rows above it lead to, what waits for rows that never came included. A row that
 * cannot be applied is left out and named.
 */
export function mergeRows(task: MergeTask): Merged {
  const { document, unappliable } = replay(task);
  return { state: Y.encodeStateAsUpdate(document), unappliable };
}

/**
 * The same as a document.
 * @throws when the snapshot cannot be decoded
 */
export function replay({ snapshot, rows }: MergeTask): { document: Y.Doc; unappliable: Unappliable[] } {
  const document = new Y.Doc();
  if (snapshot) Y.applyUpdate(document, snapshot.state);
  const unappliable: Unappliable[] = [];
  document.transact(() => {
    for (const row of rows) {
      try {
        Y.applyUpdate(document, row.update);
      } catch (error) {
        unappliable.push({ ...row, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  });
  return { document, unappliable };
}
