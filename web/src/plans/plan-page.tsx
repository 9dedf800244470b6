import { useDocument } from '@syncline/client/react';
import { begin } from '@syncline/model';
import { SHORT_ID } from '@syncline/protocol';
import { useState } from 'react';
import { OpenDocument, useClosing } from '../documents/open-document.tsx';
import { Header } from '../ui/header.tsx';
import { MissingPage } from '../ui/missing-page.tsx';
import { NoPlan } from './no-plan.tsx';
import { PlanSkeleton } from './plan-skeleton.tsx';
import { PlanView } from './plan-view.tsx';
import { useIsBlank } from './use-is-blank.ts';

/** `/plan/<id>`: opens the plan's session and, once its copy on this device is read, shows it. */
export default function PlanPage({ id }: { id: string }) {
  if (!SHORT_ID.test(id)) return <MissingPage />;
  return <OpenPlan key={id} id={id} />;
}

function OpenPlan({ id }: { id: string }) {
  const fallback = (
    <>
      <Header />
      <PlanSkeleton />
    </>
  );
  return (
    <OpenDocument kind="plan" id={id} fallback={fallback}>
      <OpenedPlan />
    </OpenDocument>
  );
}

/** The plan; or, as long as nobody has begun it, word of that and nothing to write in. */
function OpenedPlan() {
  const session = useDocument();
  const isBlank = useIsBlank(session);
  const closing = useClosing();
  const [isNew, setIsNew] = useState(false);
  // That it is not to be had is for the plan's own page to say.
  if (!isBlank || closing?.missing || closing?.shutOut) return <PlanView session={session} isNew={isNew} />;
  const create = () => {
    setIsNew(true);
    begin(session.doc);
  };
  return <NoPlan session={session} onCreate={create} />;
}
