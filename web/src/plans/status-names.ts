import type { PlanStatus } from '@syncline/protocol';

/** A plan's statuses in their usual order, as people read them. */
export const STATUS_NAMES: Record<PlanStatus, string> = {
  draft: 'Draft',
  in_review: 'In review',
  changes_requested: 'Changes requested',
  approved: 'Approved',
  in_progress: 'In progress',
  done: 'Done',
};
