import { useEffect, useState } from 'react';
import { listSetAside, onSetAside, type SetAside } from './store.ts';

/** This person's copies that were set aside; those of one document, when it is named. */
export function useSetAside(document?: string): SetAside[] {
  const [copies, setCopies] = useState<SetAside[]>([]);
  useEffect(() => {
    let here = true;
    const refresh = () =>
      listSetAside().then(
        (all) => here && setCopies(all),
        // A browser that keeps nothing has set nothing aside.
        () => undefined,
      );
    void refresh();
    const unsubscribe = onSetAside(() => void refresh());
    return () => {
      here = false;
      unsubscribe();
    };
  }, []);
  return document === undefined ? copies : copies.filter((copy) => copy.document === document);
}
