import type { DocumentSession, SessionState } from './document-session.ts';

/** Resolves once a session's state is so. */
export function until(session: DocumentSession, holds: (state: SessionState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = session.subscribe(() => {
      if (!holds(session.state)) return;
      unsubscribe();
      resolve();
    });
    if (holds(session.state)) resolve();
  });
}
