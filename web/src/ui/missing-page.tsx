import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { Header } from './header.tsx';
import classes from './missing-page.module.css';
import { usePageTitle } from './page-title.ts';

/** An address that leads nowhere, and the way back. */
export function MissingPage({ detail }: { detail?: string }) {
  usePageTitle('Not found');
  return (
    <>
      <Header />
      <main className={classes['page']}>
        <h1>Nothing is at this address</h1>
        <p>
          {detail ??
            'A plan’s address is /plan/ and its id: up to 64 letters, digits, “_” or “-”. Perhaps a character was lost when it was copied.'}
        </p>
        <Button component={Link} href="/" variant="default">
          All plans
        </Button>
      </main>
    </>
  );
}
