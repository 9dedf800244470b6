import type { DocumentSession } from '@syncline/client';
import { usePresence, useRecentChanges, useSessionState } from '@syncline/client/react';
import { planRoots } from '@syncline/model';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import type * as Y from 'yjs';
import { useClosing, useStatusWords } from '../documents/open-document.tsx';
import { rememberDocument } from '../home/recent-documents.ts';
import { SetAsideNotices } from '../set-aside/notice.tsx';
import { ShareButton } from '../share/share-button.tsx';
import { ClosingNotice } from '../ui/closing-notice.tsx';
import { Header } from '../ui/header.tsx';
import { MissingPage } from '../ui/missing-page.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { PresenceBar } from '../ui/presence-bar.tsx';
import { StatusPill } from '../ui/status-pill.tsx';
import { PlanTitle } from './plan-title.tsx';
import { planUndoOf } from './plan-undo.ts';
import { planVerbs } from './plan-verbs.ts';
import classes from './plan.module.css';
import { StatusMenu } from './status-menu.tsx';
import { stepsInHandOf } from './steps-in-hand.ts';
import { Steps } from './steps.tsx';
import { UndoButtons } from './undo-buttons.tsx';
import { usePlan } from './use-plan.ts';

const PlanEditor = lazy(() => import('./plan-editor.tsx'));
const SignInPage = lazy(() => import('../access/sign-in-page.tsx'));

const NAMELESS = 'Untitled plan';

export interface PlanViewProps {
  session: DocumentSession;
  /** It was created just now, so its title is what is to be typed. */
  isNew: boolean;
}

/** An opened plan: its title and status, its steps, its text, and above it whether it is saved and who is there. */
export function PlanView({ session, isNew }: PlanViewProps) {
  const inHand = stepsInHandOf(session);
  const plan = usePlan(session.doc, inHand);
  const { link } = useSessionState();
  const closing = useClosing();
  const status = useStatusWords();
  const presences = usePresence();
  const changes = useRecentChanges();
  const undo = planUndoOf(session.doc);
  const verbs = useMemo(() => planVerbs(session.doc), [session]);
  const readOnly = link.readonly || link.server === 'setting_aside' || closing?.readOnly === true;
  // With nothing of it on this device there is nothing to be shown.
  const isShutOut = closing?.shutOut === true && session.isBlank;
  usePageTitle(plan.title || NAMELESS);
  useEffect(() => {
    if (!closing?.missing && !isShutOut) rememberDocument(session.name, plan.title);
  }, [session, plan.title, closing, isShutOut]);
  if (closing?.missing) return <MissingPage detail={closing.detail} />;
  if (closing && isShutOut)
    return (
      <Suspense fallback={<Header />}>
        <SignInPage title={closing.title} detail={closing.detail} />
      </Suspense>
    );
  return (
    <>
      <Header>
        <StatusPill words={status} />
        <PresenceBar presences={presences} />
        {!readOnly && <UndoButtons undo={undo} />}
        {!closing && <ShareButton session={session} />}
      </Header>
      {closing && <ClosingNotice closing={closing} session={session} />}
      <SetAsideNotices document={session.name} />
      <main className={classes['page']}>
        <PlanTitle doc={session.doc} undo={undo} placeholder={NAMELESS} readOnly={readOnly} isNew={isNew} />
        <StatusMenu status={plan.status} disabled={readOnly} onChange={(value) => verbs.setValues({ status: value })} />
        <Steps
          steps={plan.steps}
          inHand={inHand}
          mapOf={(id) => planRoots(session.doc).steps.get(id) as Y.Map<unknown>}
          verbs={verbs}
          undo={undo}
          readOnly={readOnly}
          changes={changes}
        />
        <section className={classes['text']} aria-label="Text">
          <Suspense fallback={<div className={classes['textPlace']} aria-busy="true" />}>
            <PlanEditor session={session} undo={undo} readOnly={readOnly} />
          </Suspense>
        </section>
      </main>
    </>
  );
}
