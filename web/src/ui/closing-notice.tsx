import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Closing, WayOut } from '../session/closing.ts';
import type { DocumentSession } from '../session/document-session.ts';
import classes from './closing-notice.module.css';

/** Why the server closed the document, and the ways out. */
export function ClosingNotice({ closing, session }: { closing: Closing; session: DocumentSession }) {
  return (
    <section className={classes['notice']} role="alert">
      <div>
        <strong>{closing.title}</strong>
        <p>{closing.detail}</p>
      </div>
      <div className={classes['ways']}>
        {closing.waysOut.map((way) => (
          <WayOutButton key={way} way={way} session={session} />
        ))}
      </div>
    </section>
  );
}

function WayOutButton({ way, session }: { way: WayOut; session: DocumentSession }) {
  const [problem, setProblem] = useState('');
  if (way === 'home') {
    return (
      <Button component={Link} href="/" variant="default" size="xs">
        All plans
      </Button>
    );
  }
  if (way === 'retry') {
    return (
      <Button variant="default" size="xs" onClick={() => session.retry()}>
        Try again
      </Button>
    );
  }
  const discard = async () => {
    const erased = await session.discardDeviceCopy();
    if (erased) window.location.reload();
    else setProblem('Close the other tabs with this plan, then load this page again.');
  };
  return (
    <>
      <Button color="red" variant="light" size="xs" onClick={() => void discard()}>
        Discard my unsaved changes
      </Button>
      {problem && <span role="alert">{problem}</span>}
    </>
  );
}
