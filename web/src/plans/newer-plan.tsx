import { Button } from '@mantine/core';
import type { DocumentSession } from '@syncline/client';
import { useSessionState } from '@syncline/client/react';
import { useEffect } from 'react';
import { loadNewest } from '../offline/register.ts';
import { SeeVersion } from '../set-aside/see-version.tsx';
import { Notice } from '../ui/notice.tsx';

export interface NewerPlanProps {
  session: DocumentSession;
  /** The editor schema that the plan needs. */
  needed: number;
}

/**
 * In place of a text that only a newer version of the app knows (M21). The page is loaded anew once by itself; when that
 * did not bring the newer version, the person is told.
 */
export function NewerPlan({ session, needed }: NewerPlanProps) {
  const isLive = useSessionState().link.server === 'live';
  useEffect(() => {
    if (isLive && isFirstTime(`newer-version:${session.name}:${needed}`)) void loadNewest();
  }, [isLive, session, needed]);
  return (
    <Notice
      tone="bad"
      title="This plan needs a newer version of Syncline"
      detail="Its text has something that this version does not know. Nothing of it is lost, and nothing is written from here. Load the page again; if that does not help, the server has not been upgraded yet: tell whoever runs it."
    >
      <Button variant="default" size="xs" onClick={() => void loadNewest()}>
        Load again
      </Button>
      <SeeVersion version={() => ({ ...session.version(), said: 'The text needs a newer version of Syncline.' })} />
    </Notice>
  );
}

/** In this tab: else a server without the newer version would have the page load itself for ever. */
function isFirstTime(key: string): boolean {
  try {
    if (sessionStorage.getItem(key) !== null) return false;
    sessionStorage.setItem(key, 'loaded');
    return true;
  } catch {
    // Forbidden storage: it could not be told that it was done.
    return false;
  }
}
