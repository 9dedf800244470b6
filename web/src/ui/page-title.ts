import { useEffect } from 'react';

/** The tab's title follows what is shown. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Syncline`;
  }, [title]);
}
