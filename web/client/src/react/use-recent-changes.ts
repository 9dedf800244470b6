import { useEffect, useState } from 'react';
import type { CheckedAwareness } from '../presence/checked-awareness.ts';
import { followChanges, type RecentChanges } from '../presence/recent-changes.ts';

const NONE: RecentChanges = new Map();

/** Who has changed which places just now, through the gateway. */
export function useRecentChanges(awareness: CheckedAwareness): RecentChanges {
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
