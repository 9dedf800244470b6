import { Button, Group } from '@mantine/core';
import type { DocumentSession } from '@syncline/client';
import { useSessionState } from '@syncline/client/react';
import { Link } from 'wouter';
import { useClosing } from '../documents/open-document.tsx';
import { SetAsideNotices } from '../set-aside/notice.tsx';
import { ClosingNotice } from '../ui/closing-notice.tsx';
import { Header } from '../ui/header.tsx';
import classes from '../ui/missing-page.module.css';
import { usePageTitle } from '../ui/page-title.ts';

export interface NoPlanProps {
  session: DocumentSession;
  onCreate: () => void;
}

/**
 * In place of a plan that nobody has begun, or that is not here while the server is away. Its seed makes one plan of
 * what is begun in several places, so it can be created either way.
 */
export function NoPlan({ session, onCreate }: NoPlanProps) {
  const { link } = useSessionState();
  const closing = useClosing();
  const mayCreate = !link.readonly && !closing;
  const isHeard = link.server === 'live';
  const { heading, detail } = isHeard ? NOT_BEGUN : NOT_HERE;
  usePageTitle('No plan');
  return (
    <>
      <Header />
      {closing && <ClosingNotice closing={closing} session={session} />}
      <SetAsideNotices document={session.name} />
      <main className={classes['page']}>
        <h1>{heading}</h1>
        <p>
          {detail} {mayCreate && !isHeard && 'What you create here becomes a part of it.'}
        </p>
        <Group gap={8}>
          {mayCreate && <Button onClick={onCreate}>Create a plan here</Button>}
          <Button component={Link} href="/" variant="default">
            All plans
          </Button>
        </Group>
      </main>
    </>
  );
}

const NOT_BEGUN = {
  heading: 'There is no plan here',
  detail:
    'Nothing has been written at this address. If it was to lead to a plan, a character of it may be mistyped, or lost when it was copied.',
};

const NOT_HERE = {
  heading: 'This plan is not on this device',
  detail:
    'The server cannot be reached, so it is not known whether there is a plan at this address. If there is, it is shown as soon as the server answers.',
};
