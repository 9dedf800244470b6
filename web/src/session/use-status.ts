import { useEffect, useState } from 'react';
import type { DocumentSession } from './document-session.ts';
import { useSessionState } from './sessions.ts';
import { type Status, statusOf } from './status.ts';

/** "Saving…" stays this long after the last edit was acknowledged, so that the pill is calm while one types. */
const CALM_MS = 800;

/** The session's status for showing: everything at once, but from "Saving…" to "saved" only when it has settled. */
export function useStatus(session: DocumentSession): Status {
  const { link, closing } = useSessionState(session);
  const status = statusOf(link, closing);
  const [shown, setShown] = useState(status);
  const settling = shown.kind === 'saving' && status.kind === 'saved';
  useEffect(() => {
    if (!settling) return setShown(status);
    const timer = setTimeout(() => setShown(status), CALM_MS);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react/exhaustive-deps -- a status is told apart by its words
  }, [status.kind, status.label, status.detail, settling]);
  return shown;
}
