import type { PlanStatus } from '@syncline/protocol';
import classes from './status.module.css';
import { STATUS_NAMES } from './status-names.ts';

/** Where a plan stands: a small ring that fills, and its name. */
export function StatusBadge({ status }: { status: PlanStatus }) {
  return (
    <span className={classes['badge']} data-status={status}>
      <span className={classes['ring']} aria-hidden />
      {STATUS_NAMES[status] ?? STATUS_NAMES.draft}
    </span>
  );
}
