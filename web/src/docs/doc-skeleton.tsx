import { Skeleton } from '@mantine/core';
import classes from './doc-frame.module.css';

/** Keeps a document's place until it is there. */
export function DocSkeleton() {
  return (
    <main className={classes['page']} aria-busy="true" aria-label="Opening the document">
      <Skeleton height={32} width="50%" mt={4} />
      <Skeleton height={16} width={240} mt={20} />
      <Skeleton height={16} width="70%" mt={56} />
      <Skeleton height={16} width="60%" mt={16} />
    </main>
  );
}
