import type { DocumentSession } from '@syncline/client';
import { useEffect, useState } from 'react';

/** Whether nobody has begun the document yet, live; once it is begun it stays so. */
export function useIsBlank(session: DocumentSession): boolean {
  const [isBlank, setIsBlank] = useState(session.isBlank);
  useEffect(() => {
    if (!isBlank) return;
    const look = () => setIsBlank(session.isBlank);
    look();
    session.doc.on('update', look);
    return () => session.doc.off('update', look);
  }, [session, isBlank]);
  return isBlank;
}
