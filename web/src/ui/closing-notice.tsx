import { Button } from '@mantine/core';
import type { DocumentSession } from '@syncline/client';
import { useSessionState } from '@syncline/client/react';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import type { ClosingWords, WayOut } from '../documents/closing-words.ts';
import { SeeVersion } from '../set-aside/see-version.tsx';
import { Notice } from './notice.tsx';

const SignInDialog = lazy(() => import('../access/sign-in-dialog.tsx'));

/** Why the server closed the document, and the ways out. */
export function ClosingNotice({ closing, session }: { closing: ClosingWords; session: DocumentSession }) {
  const isKept = useSessionState().link.device === 'kept';
  return (
    <Notice
      tone="bad"
      title={closing.title}
      detail={[closing.detail, isKept && closing.kept].filter(Boolean).join(' ')}
    >
      {closing.waysOut.map((way) => (
        <WayOutButton key={way} way={way} closing={closing} session={session} />
      ))}
    </Notice>
  );
}

function WayOutButton({ way, closing, session }: { way: WayOut; closing: ClosingWords; session: DocumentSession }) {
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
  if (way === 'see') return <SeeVersion version={() => ({ ...session.version(), said: closing.said })} />;
  if (way === 'sign_in') return <SignIn />;
  return <Discard session={session} />;
}

function SignIn() {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        Sign in
      </Button>
      {opened && (
        <Suspense>
          <SignInDialog onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  );
}

function Discard({ session }: { session: DocumentSession }) {
  const [problem, setProblem] = useState('');
  const discard = () =>
    session.discardDeviceCopy().catch((error: Error) => setProblem(`Nothing was discarded: ${error.message}.`));
  return (
    <>
      <Button color="red" variant="light" size="xs" onClick={() => void discard()}>
        Discard my version
      </Button>
      {problem && <span role="alert">{problem}</span>}
    </>
  );
}
