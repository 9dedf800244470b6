import { join, resolve, sep } from 'node:path';
import { KINDS, Refusal } from '@syncline/protocol';
import express, { type Response, type Router } from 'express';

/** Pages of the web app: its start, and one for each document. */
const PAGES = ['/', ...KINDS.map((kind) => `/${kind}/:id`)];
const DOCUMENT_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Serves the built web app: its files, and `index.html` at the addresses of its pages. Files in `/assets` carry a hash
 * in their names and are kept for ever; all others are asked for again each time, so that a new build is seen at once.
 */
export function createPages(webRoot: string): Router {
  const root = resolve(webRoot);
  const router = express.Router({ caseSensitive: true });
  router.get(PAGES, (req, res, next) => {
    const id = req.params['id'];
    if (id !== undefined && !DOCUMENT_ID.test(String(id))) return next();
    res.set('Cache-Control', 'no-cache');
    res.sendFile('index.html', { root, cacheControl: false }, (error) => {
      if (error === undefined || res.headersSent) return;
      const missing = (error as { status?: number }).status === 404;
      next(missing ? new Refusal('not_found', 'The web app has not been built here: run npm run build.') : error);
    });
  });
  router.use(
    express.static(root, { index: false, redirect: false, dotfiles: 'ignore', cacheControl: false, setHeaders }),
  );
  return router;

  function setHeaders(res: Response, path: string): void {
    const isHashed = path.startsWith(join(root, 'assets', sep));
    res.set('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  }
}
