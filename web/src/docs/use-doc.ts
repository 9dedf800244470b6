import { KIND_READERS } from '@syncline/model';
import type { Doc } from '@syncline/protocol';
import { useMemo, useSyncExternalStore } from 'react';
import * as Y from 'yjs';

export interface DocOutline extends Doc {
  /** As one update of Yjs encodes all of it. */
  bytes: number;
  /** Rises with each time that it was read anew. */
  version: number;
}

/** While others write, it is read at most so often: reading costs as much as the document is large. */
const REST_MS = 500;

/** What an application's document says. It names none of its roots, so that they stay what the application makes them. */
export function useDoc(doc: Y.Doc): DocOutline {
  const store = useMemo(() => docStore(doc), [doc]);
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

function docStore(doc: Y.Doc) {
  let version = 0;
  const read = (): DocOutline => ({
    ...KIND_READERS.doc.read(doc),
    bytes: Y.encodeStateAsUpdate(doc).length,
    version: ++version,
  });
  let current = read();
  return {
    snapshot: () => current,
    subscribe: (listener: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const changed = () => {
        timer ??= setTimeout(() => {
          timer = undefined;
          current = read();
          listener();
        }, REST_MS);
      };
      doc.on('update', changed);
      // What came between the first drawing and now is not missed.
      changed();
      return () => {
        clearTimeout(timer);
        doc.off('update', changed);
      };
    },
  };
}
