import { useEffect, useState } from 'react';
import { type Presence, readPresences } from '../presence/presence.ts';
import { useDocument } from './provider.tsx';

/** Everyone else in the document, once each however many tabs they have open, people before agents. */
export function usePresence(): Presence[] {
  const { awareness } = useDocument();
  const [presences, setPresences] = useState(() => readPresences(awareness));
  useEffect(() => {
    const refresh = () =>
      setPresences((before) => {
        const now = readPresences(awareness);
        return JSON.stringify(now) === JSON.stringify(before) ? before : now;
      });
    refresh();
    awareness.on('change', refresh);
    return () => awareness.off('change', refresh);
  }, [awareness]);
  return presences;
}
