import { Skeleton } from '@mantine/core';
import { DEFAULT_KIND, KIND_ROWS } from '@syncline/protocol';
import { Header } from '../ui/header.tsx';
import classes from './home.module.css';

const DEFAULT_PLURAL = KIND_ROWS[DEFAULT_KIND].plural;

/** Keeps the list's place until it is there. */
export function HomeSkeleton() {
  return (
    <>
      <Header />
      <main className={classes['page']}>
        <div className={classes['heading']}>
          <h1 className={classes['title']}>{DEFAULT_PLURAL}</h1>
        </div>
        <LoadingList />
      </main>
    </>
  );
}

export function LoadingList() {
  return (
    <ul className={classes['list']} aria-label={DEFAULT_PLURAL} aria-busy="true">
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
