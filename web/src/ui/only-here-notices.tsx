import { Button } from '@mantine/core';
import { useOnlyHere } from '@syncline/client/react';
import { Link, useLocation } from 'wouter';
import { Notice } from './notice.tsx';

/** Tells of documents that this page does not show, and of which this tab has the only copy of something. */
export function OnlyHereNotices() {
  const [location] = useLocation();
  const elsewhere = useOnlyHere().map(({ name, title }) => ({
    name,
    title: title || 'Untitled plan',
    address: `/${name.replace(':', '/')}`,
  }));
  return elsewhere
    .filter(({ address }) => address !== location)
    .map(({ name, title, address }) => (
      <Notice
        key={name}
        tone="bad"
        title="Not saved: keep this tab open"
        detail={`What you wrote last in “${title}” is saved nowhere but in this tab. It is sent as soon as the server answers.`}
      >
        <Button component={Link} href={address} variant="default" size="xs">
          Open it
        </Button>
      </Notice>
    ));
}
