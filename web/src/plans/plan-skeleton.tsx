import { Skeleton } from '@mantine/core';
import classes from './plan.module.css';

/** Keeps a plan's place until it is there. */
export function PlanSkeleton() {
  return (
    <main className={classes['page']} aria-busy="true" aria-label="Opening the plan">
      <Skeleton height={32} width="60%" mt={4} />
      <Skeleton height={16} width={120} mt={20} />
      <Skeleton height={16} width="80%" mt={56} />
      <Skeleton height={16} width="70%" mt={24} />
      <Skeleton height={16} width="75%" mt={24} />
    </main>
  );
}
