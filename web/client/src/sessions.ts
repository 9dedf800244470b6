import { DocumentSession } from './document-session.ts';
import type { ConnectOptions } from './options.ts';

/**
 * How long a session outlives its last user: React's strict mode and a change of route leave and come back at once. One
 * that holds something which is nowhere else outlives them until that is kept elsewhere.
 */
const GRACE_MS = 500;

/** Told of the session that is there now, and of each that takes its place. */
type Show = (session: DocumentSession) => void;

interface Held {
  session: DocumentSession;
  users: Set<Show>;
  ending: ReturnType<typeof setTimeout> | undefined;
}

const held = new Map<string, Held>();

/**
 * Joins the tab's one session of a document, beginning it when nobody has.
 * @returns how to leave it
 */
export function join(options: ConnectOptions, show: Show): () => void {
  const key = keyOf(options);
  const entry = held.get(key) ?? begin(options);
  held.set(key, entry);
  entry.users.add(show);
  clearTimeout(entry.ending);
  show(entry.session);
  return () => {
    entry.users.delete(show);
    endAfterGrace(key, entry);
  };
}

function endAfterGrace(key: string, entry: Held): void {
  clearTimeout(entry.ending);
  entry.ending = setTimeout(() => endUnused(key, entry), GRACE_MS);
}

function endUnused(key: string, entry: Held): void {
  const { session, users } = entry;
  if (users.size > 0 || held.get(key) !== entry) return;
  if (!session.isOnlyHere) {
    held.delete(key);
    session.destroy();
    return;
  }
  const unsubscribe = session.subscribe(() => {
    if (session.isOnlyHere) return;
    unsubscribe();
    endAfterGrace(key, entry);
  });
}

function begin(options: ConnectOptions): Held {
  const onReplaced = (session: DocumentSession) => {
    entry.session = session;
    for (const show of entry.users) show(session);
    endAfterGrace(keyOf(options), entry);
  };
  const session = new DocumentSession({ ...options, onReplaced });
  const entry: Held = { session, users: new Set(), ending: undefined };
  return entry;
}

function keyOf({ url, document }: ConnectOptions): string {
  return `${url}/${document}`;
}
