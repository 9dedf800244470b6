import { useEffect, useState, useSyncExternalStore } from 'react';
import type { DocumentAddress, DocumentSession, SessionState } from '../document-session.ts';
import { join } from '../sessions.ts';

/**
 * The session of a document for as long as the component shows it; null until it is opened. One that is over is shown
 * until that which takes its place is opened.
 */
export function useSession({ kind, id }: DocumentAddress): DocumentSession | null {
  const [session, setSession] = useState<DocumentSession | null>(null);
  useEffect(() => {
    let current: DocumentSession | null = null;
    const leave = join({ kind, id }, (joined) => {
      current = joined;
      void joined.opened.then(() => current === joined && setSession(joined));
    });
    return () => {
      current = null;
      setSession(null);
      leave();
    };
  }, [kind, id]);
  return session;
}

export function useSessionState(session: DocumentSession): SessionState {
  return useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.state,
  );
}
