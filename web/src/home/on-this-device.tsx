import { Button } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { Link } from 'wouter';
import { RequestFailure } from '../rest/rest.ts';
import { useNow } from '../ui/use-now.ts';
import { untitled } from '../ui/untitled.ts';
import { type ListedDocument, pathOf } from './documents.ts';
import list from './home.module.css';
import { BEGINNING } from './kinds.ts';
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
            {recents.length > 0 ? BEGINNING.onDevice.some : BEGINNING.onDevice.none}
          </p>
        </div>
        <Button variant="default" size="xs" onClick={retry}>
          Try again
        </Button>
      </section>
      {recents.length > 0 && (
        <ul className={list['list']} aria-label={BEGINNING.onDevice.list}>
          {recents.map(({ document, title, openedAt }) => (
            <li key={document} className={list['row']}>
              <div className={list['rowBody']}>
                <Link className={list['rowTitle']} href={pathOf(document)} dir="auto">
                  {listed.find((item) => item.document === document)?.title || title || untitled(document)}
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
