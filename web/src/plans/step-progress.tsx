import classes from './step-progress.module.css';

/** How far a plan is: a bar and "3/7"; nothing for a plan without steps. */
export function StepProgress({ done, total }: { done: number; total: number }) {
  if (total === 0) return <span className={classes['none']}>No steps</span>;
  return (
    <span className={classes['progress']}>
      <span className={classes['track']} aria-hidden>
        <span className={classes['bar']} style={{ width: `${(done / total) * 100}%` }} data-complete={done === total} />
      </span>
      <span aria-hidden>
        {done}/{total}
      </span>
      <span className="visually-hidden">
        {done} of {total} steps done
      </span>
    </span>
  );
}
