import { useEffect, useState } from 'react';
import { followChanges, type RecentChanges } from '../presence/recent-changes.ts';
import { useDocument } from './provider.tsx';

const NONE: RecentChanges = new Map();

/** Who has changed which places just now, through the gateway. */
export function useRecentChanges(): RecentChanges {
  const { awareness } = useDocument();
  const [changes, setChanges] = useState(NONE);
  useEffect(() => {
    const stop = followChanges(awareness, setChanges);
    return () => {
      stop();
      setChanges(NONE);
    };
  }, [awareness]);
  return changes;
}
