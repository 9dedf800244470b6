import { useEffect, useState } from 'react';
import type { DocumentSession } from '../document-session.ts';
import { useSessionState } from './use-session.ts';
import { isOnlyHere } from '../only-here.ts';
import { type Status, statusOf, unsaved } from '../status.ts';

/** "Saving…" stays this long after the last edit was acknowledged, so that the pill is calm while one types. */
const CALM_MS = 800;
/** A server that has not confirmed for so long what is nowhere else may not be there at all. */
const CONFIRMING_PATIENCE_MS = 4_000;

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
  const isOverdue = useLasts(isOnlyHere(link) && link.server === 'live', CONFIRMING_PATIENCE_MS);
  return isOverdue ? unsaved(link) : shown;
}

/** Whether it has been so for this long. */
function useLasts(is: boolean, forMs: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!is) return;
    const timer = setTimeout(() => setLasts(true), forMs);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [is, forMs]);
  return is && lasts;
}
