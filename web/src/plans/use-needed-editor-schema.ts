import { neededEditorSchema, onNeededEditorSchema } from '@syncline/model';
import { useCallback, useSyncExternalStore } from 'react';
import type * as Y from 'yjs';

/** The schema that an editor of the document must know, live. */
export function useNeededEditorSchema(doc: Y.Doc): number {
  const subscribe = useCallback((listener: () => void) => onNeededEditorSchema(doc, listener), [doc]);
  return useSyncExternalStore(subscribe, () => neededEditorSchema(doc));
}
