import { useDocument, usePresence, useSessionState } from '@syncline/client/react';
import { SHORT_ID } from '@syncline/protocol';
import { lazy, Suspense, useEffect } from 'react';
import { OpenDocument, useClosing, useStatusWords } from '../documents/open-document.tsx';
import { rememberDocument } from '../home/recent-documents.ts';
import { ShareButton } from '../share/share-button.tsx';
import { ClosingNotice } from '../ui/closing-notice.tsx';
import { Header } from '../ui/header.tsx';
import { MissingPage } from '../ui/missing-page.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { PresenceBar } from '../ui/presence-bar.tsx';
import { StatusPill } from '../ui/status-pill.tsx';
import { DocSkeleton } from './doc-skeleton.tsx';
import { DocFacts } from './doc-facts.tsx';
import frame from './doc-frame.module.css';
import classes from './doc.module.css';
import { RootTree } from './root-tree.tsx';
import { useDoc } from './use-doc.ts';

const SignInPage = lazy(() => import('../access/sign-in-page.tsx'));

const NAMELESS = 'Untitled doc';

/** `/doc/<id>`: what an application's document says, and who is there. It shows what is stored, and writes nothing. */
export default function DocPage({ id }: { id: string }) {
  if (!SHORT_ID.test(id)) return <MissingPage />;
  return <OpenDoc key={id} id={id} />;
}

function OpenDoc({ id }: { id: string }) {
  const fallback = (
    <>
      <Header />
      <DocSkeleton />
    </>
  );
  return (
    <OpenDocument kind="doc" id={id} fallback={fallback}>
      <DocView />
    </OpenDocument>
  );
}

function DocView() {
  const session = useDocument();
  const doc = useDoc(session.doc);
  const { link } = useSessionState();
  const closing = useClosing();
  const status = useStatusWords();
  const presences = usePresence();
  const isShutOut = closing?.shutOut === true && session.isBlank;
  usePageTitle(doc.title || NAMELESS);
  useEffect(() => {
    if (!closing?.missing && !isShutOut && !session.isBlank) rememberDocument(session.name, doc.title);
  }, [session, doc.title, closing, isShutOut]);
  if (closing?.missing) return <MissingPage detail={closing.detail} />;
  if (closing && isShutOut)
    return (
      <Suspense fallback={<Header />}>
        <SignInPage title={closing.title} detail={closing.detail} />
      </Suspense>
    );
  const roots = Object.entries(doc.roots);
  return (
    <>
      <Header>
        <StatusPill words={status} />
        <PresenceBar presences={presences} />
        {!closing && <ShareButton session={session} />}
      </Header>
      {closing && <ClosingNotice closing={closing} session={session} />}
      <main className={frame['page']}>
        <h1 className={classes['title']} dir="auto">
          {doc.title || NAMELESS}
        </h1>
        <DocFacts session={session} bytes={doc.bytes} version={doc.version} isLive={link.server === 'live'} />
        <section aria-labelledby="roots">
          <h2 id="roots" className={classes['heading']}>
            Roots
          </h2>
          {roots.length > 0 ? (
            <RootTree roots={roots} />
          ) : (
            <p className={classes['none']}>
              Nothing has been written here yet. What its application writes is shown as it comes.
            </p>
          )}
        </section>
      </main>
    </>
  );
}
