import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { DocumentSession, SessionState } from '../document-session.ts';
import type { ConnectOptions } from '../options.ts';
import { join } from '../sessions.ts';

const Context = createContext<DocumentSession | null>(null);

export interface DocumentProviderProps extends Omit<ConnectOptions, 'onReplaced'> {
  /** Shown once the document is opened, and anew when another session has taken the place of the one before. */
  children: ReactNode;
  /** Shown until then. */
  fallback?: ReactNode;
}

/**
 * Opens a document for what is shown in it. All who show the same document in a tab share one session, which begins
 * with the options of the first; it outlives the last of them by a moment, and by as long as it has something that is
 * nowhere else.
 */
export function DocumentProvider({ children, fallback = null, ...options }: DocumentProviderProps) {
  const session = useSession(options);
  if (!session) return fallback;
  return (
    <Context.Provider key={session.doc.guid} value={session}>
      {children}
    </Context.Provider>
  );
}

/** The document's session: its `doc`, its `awareness`, `whenSaved()` and the rest. Within a {@link DocumentProvider}. */
export function useDocument(): DocumentSession {
  const session = useContext(Context);
  if (!session) throw new Error('there is no DocumentProvider around this component');
  return session;
}

/** What the session knows of its way to the cluster and this device, live. */
export function useSessionState(): SessionState {
  const session = useDocument();
  return useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.state,
  );
}

/** null until the session is opened. One that is over is given until that which takes its place is opened. */
function useSession(options: ConnectOptions): DocumentSession | null {
  const [session, setSession] = useState<DocumentSession | null>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const { url, document, user } = options;
  useEffect(() => {
    let current: DocumentSession | null = null;
    const leave = join({ ...latest.current, url, document }, (joined) => {
      current = joined;
      void joined.opened.then(() => current === joined && setSession(joined));
    });
    return () => {
      current = null;
      setSession(null);
      leave();
    };
  }, [url, document]);
  const { id, name, color } = user ?? {};
  useEffect(() => {
    if (id !== undefined && name !== undefined) session?.setUser({ id, name, color });
  }, [session, id, name, color]);
  return session;
}
