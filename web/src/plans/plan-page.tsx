import { SHORT_ID } from '@syncline/protocol';
import { useSession } from '../session/sessions.ts';
import { Header } from '../ui/header.tsx';
import { MissingPage } from '../ui/missing-page.tsx';
import { PlanSkeleton } from './plan-skeleton.tsx';
import { PlanView } from './plan-view.tsx';

/** `/plan/<id>`: opens the plan's session and, once its copy on this device is read, shows it. */
export default function PlanPage({ id }: { id: string }) {
  if (!SHORT_ID.test(id)) return <MissingPage />;
  return <OpenPlan key={id} id={id} />;
}

function OpenPlan({ id }: { id: string }) {
  const session = useSession({ kind: 'plan', id });
  if (session) return <PlanView key={session.doc.guid} session={session} />;
  return (
    <>
      <Header />
      <PlanSkeleton />
    </>
  );
}
