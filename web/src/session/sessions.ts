import { useEffect, useState, useSyncExternalStore } from 'react';
import { type DocumentAddress, DocumentSession, type SessionState } from './document-session.ts';

/** How long a session outlives its last user: React's strict mode and a change of route leave and come back at once. */
const GRACE_MS = 500;

interface Held {
  session: DocumentSession;
  users: number;
  ending: ReturnType<typeof setTimeout> | null;
}

const held = new Map<string, Held>();

/** Joins the tab's one session of a document, beginning it when nobody has. Each call needs its own {@link leave}. */
export function join(address: DocumentAddress): DocumentSession {
  const key = keyOf(address);
  const entry = held.get(key) ?? { session: new DocumentSession(address), users: 0, ending: null };
  held.set(key, entry);
  entry.users += 1;
  if (entry.ending) clearTimeout(entry.ending);
  entry.ending = null;
  return entry.session;
}

export function leave(address: DocumentAddress): void {
  const key = keyOf(address);
  const entry = held.get(key);
  if (!entry) return;
  entry.users -= 1;
  if (entry.users > 0) return;
  entry.ending = setTimeout(() => {
    held.delete(key);
    entry.session.end();
  }, GRACE_MS);
}

/** The session of a document for as long as the component shows it; null until its copy on this device is read. */
export function useSession({ workspace, kind, id }: DocumentAddress): DocumentSession | null {
  const [session, setSession] = useState<DocumentSession | null>(null);
  useEffect(() => {
    const address = { workspace, kind, id };
    const joined = join(address);
    let here = true;
    void joined.opened.then(() => here && setSession(joined));
    return () => {
      here = false;
      setSession(null);
      leave(address);
    };
  }, [workspace, kind, id]);
  return session;
}

export function useSessionState(session: DocumentSession): SessionState {
  return useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.state,
  );
}

function keyOf({ workspace, kind, id }: DocumentAddress): string {
  return `${workspace}/${kind}:${id}`;
}
