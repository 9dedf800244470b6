import { Skeleton } from '@mantine/core';
import { Header } from '../ui/header.tsx';
import classes from './home.module.css';

/** Keeps the list's place until it is there. */
export function HomeSkeleton() {
  return (
    <>
      <Header />
      <main className={classes['page']}>
        <div className={classes['heading']}>
          <h1 className={classes['title']}>Plans</h1>
        </div>
        <LoadingList />
      </main>
    </>
  );
}

export function LoadingList() {
  return (
    <ul className={classes['list']} aria-label="Plans" aria-busy="true">
      {['58%', '42%', '50%'].map((width) => (
        <li key={width} className={classes['row']}>
          <div className={classes['rowBody']}>
            <Skeleton height={18} width={width} my={3} />
            <Skeleton height={12} width={160} my={4} />
          </div>
        </li>
      ))}
    </ul>
  );
}
