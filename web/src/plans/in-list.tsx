import type { PlanSummary } from '@syncline/protocol';
import type { ListedDocument } from '../home/documents.ts';
import type { KindInList } from '../home/kinds.ts';
import { StatusBadge } from './status-badge.tsx';
import { StepProgress } from './step-progress.tsx';

/** A plan in the list of documents: how far it is, and where it stands. */
export const PLAN_IN_LIST: KindInList = {
  Facts: ({ item }) => <StepProgress {...summaryOf(item)} />,
  Badge: ({ item }) => <StatusBadge status={summaryOf(item).status} />,
};

function summaryOf(item: ListedDocument): PlanSummary {
  const { title, status = 'draft', done = 0, total = 0 } = item as Partial<PlanSummary> & ListedDocument;
  return { title, status, done, total };
}
