import { Button } from '@mantine/core';
import { useOnlyHere } from '@syncline/client/react';
import { Link, useLocation } from 'wouter';
import { Notice } from './notice.tsx';

/** Tells of documents that this page does not show, and of which this tab has the only copy of something. */
export function OnlyHereNotices() {
  const [location] = useLocation();
  const elsewhere = useOnlyHere().map((each) => ({
    ...each,
    title: each.title() || 'Untitled plan',
    address: `/${each.document.replace(':', '/')}`,
  }));
  return elsewhere
    .filter(({ address }) => address !== location)
    .map(({ document, title, address }) => (
      <Notice
        key={document}
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
