import { useSyncExternalStore } from 'react';
import { documentsOnlyHere, type OnlyHere, onOnlyHere } from '../only-here.ts';

/** The documents of which something is only here, live. */
export function useOnlyHere(): readonly OnlyHere[] {
  return useSyncExternalStore(onOnlyHere, documentsOnlyHere);
}
