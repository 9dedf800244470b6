import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ColorSchemeButton } from './color-scheme-button.tsx';
import classes from './header.module.css';
import { OnlyHereNotices } from './only-here-notices.tsx';
import { PersonMenu } from './person-menu.tsx';

/** The bar above every page, and what is to be known on each. `children` are the page's own: its status, its actions. */
export function Header({ children }: { children?: ReactNode }) {
  return (
    <>
      <header className={classes['header']}>
        <Link href="/" className={classes['home']} aria-label="Syncline, all plans">
          <img src="/favicon.svg" alt="" width={24} height={24} />
          <span className={classes['name']}>Syncline</span>
        </Link>
        <div className={classes['page']}>{children}</div>
        <ColorSchemeButton />
        <PersonMenu />
      </header>
      <OnlyHereNotices />
    </>
  );
}
