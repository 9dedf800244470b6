import { Button } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { Link } from 'wouter';
import { RequestFailure } from '../session/rest.ts';
import { useNow } from '../ui/use-now.ts';
import type { ListedDocument } from './documents.ts';
import list from './home.module.css';
import classes from './on-this-device.module.css';
import { recentDocuments } from './recent-documents.ts';
import { relativeTime } from './relative-time.ts';

export interface OnThisDeviceProps {
  error: Error;
  /** What the list last showed; it has newer titles. */
  listed: ListedDocument[];
  retry: () => void;
}

/** In place of the list while the server does not answer: what this browser keeps can still be opened. */
export function OnThisDevice({ error, listed, retry }: OnThisDeviceProps) {
  const now = useNow();
  const recents = recentDocuments();
  const unreachable = error instanceof RequestFailure && error.unreachable;
  return (
    <>
      <section className={classes['notice']} role="alert">
        <IconCloudOff size={20} aria-hidden />
        <div>
          <h2>{unreachable ? 'The server cannot be reached' : 'The list could not be loaded'}</h2>
          <p>
            {unreachable ? 'It is asked again every few seconds. ' : `${error.message} `}
            {recents.length > 0
              ? 'The plans below are on this device: open one and go on, your changes are sent later.'
              : 'Plans that you open are kept on this device, so that next time you can go on without it.'}
          </p>
        </div>
        <Button variant="default" size="xs" onClick={retry}>
          Try again
        </Button>
      </section>
      {recents.length > 0 && (
        <ul className={list['list']} aria-label="Plans on this device">
          {recents.map(({ document, title, openedAt }) => (
            <li key={document} className={list['row']}>
              <div className={list['rowBody']}>
                <Link className={list['rowTitle']} href={`/${document.replace(':', '/')}`} dir="auto">
                  {listed.find((item) => item.name === document)?.title || title || 'Untitled plan'}
                </Link>
                <div className={list['rowFacts']}>Opened {relativeTime(openedAt, now)}</div>
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
