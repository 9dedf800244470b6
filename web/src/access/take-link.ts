import { keepLink } from './kept.ts';

/**
 * Takes the share link by which the page was opened, `/<kind>/<id>#share=<token>`, out of the address: there it would
 * stay in sight, and in what is copied from there.
 */
export function takeLink(): void {
  take();
  // Another link to the page that is open loads nothing by itself.
  window.addEventListener('hashchange', () => take() && window.location.reload());
}

function take(): boolean {
  const { hash, pathname, search } = window.location;
  const token = /^#share=(.+)$/.exec(hash)?.[1];
  const [, kind, id] = pathname.split('/');
  if (token === undefined || !id) return false;
  window.history.replaceState(window.history.state, '', pathname + search);
  keepLink(`${kind}:${id}`, token);
  return true;
}
