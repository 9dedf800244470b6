import { useEffect, useState } from 'react';
import { isOnlyHere } from '../only-here.ts';
import type { Status } from '../status.ts';
import { useDocument, useSessionState } from './provider.tsx';

/** "Saving" stays this long after the last edit was acknowledged, so that what shows it is calm while one types. */
const CALM_MS = 800;
/** A server that has not confirmed for so long what is nowhere else may not be there at all. */
const CONFIRMING_PATIENCE_MS = 4_000;

/** The document's status for showing: everything at once, but from `saving` to `saved` only when it has settled. */
export function useStatus(): Status {
  const { link } = useSessionState();
  const { status } = useDocument();
  const [calm, setCalm] = useState(status);
  const isSettling = calm === 'saving' && status === 'saved';
  if (!isSettling && calm !== status) setCalm(status);
  useEffect(() => {
    if (!isSettling) return;
    const timer = setTimeout(() => setCalm(status), CALM_MS);
    return () => clearTimeout(timer);
  }, [status, isSettling]);
  const isOverdue = useLasts(isOnlyHere(link) && link.server === 'live', CONFIRMING_PATIENCE_MS);
  if (isOverdue) return 'unsaved';
  return isSettling ? calm : status;
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
