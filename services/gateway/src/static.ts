import { extname, join, resolve, sep } from 'node:path';
import { KINDS, Refusal, SHORT_ID } from '@syncline/protocol';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';

/** Pages of the web app: its start, its keys, and one for each document. */
const PAGES = ['/', '/keys', ...KINDS.map((kind) => `/${kind}/:id`)];
/** Not for people to look at: whatever is missing here is told in a problem, never in a page. */
const NO_PAGES = /^\/(v1|mcp|sync|signal|livez|readyz|health|metrics|openapi\.json|docs|assets)(\/|$)/;
/** What the build has compressed beside each file; the first that the client takes is sent. */
const ENCODINGS = [
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' },
] as const;

/**
 * Serves the built web app: its files, and `index.html` at the addresses of its pages. Files in `/assets` carry a hash
 * in their names and are kept for ever; all others are asked for again each time, so that a new build is seen at once.
 */
export function createPages(webRoot: string): Router {
  const root = resolve(webRoot);
  const assets = join(root, 'assets', sep);
  const router = express.Router({ caseSensitive: true });
  router.get(PAGES, (req, res, next) => {
    const id = req.params['id'];
    if (id !== undefined && !SHORT_ID.test(String(id))) return next();
    sendApp(root, res, next);
  });
  router.use('/assets', precompressed(express.static(assets, { ...FILES, setHeaders: asCompressed })));
  router.use(express.static(root, { ...FILES, setHeaders: (res) => res.set('Cache-Control', 'no-cache') }));
  router.get('/{*path}', (req, res, next) => {
    if (NO_PAGES.test(req.path) || !asksForPage(req)) return next();
    res.status(404);
    sendApp(root, res, next);
  });
  return router;
}

const FILES = { index: false, redirect: false, dotfiles: 'ignore', cacheControl: false } as const;

/** `index.html`; the app itself finds out what to show, and says so when nothing is there. */
function sendApp(root: string, res: Response, next: (error: unknown) => void): void {
  res.set('Cache-Control', 'no-cache');
  res.sendFile('index.html', { root, cacheControl: false, acceptRanges: false }, (error) => {
    if (error === undefined || res.headersSent) return;
    const missing = (error as { status?: number }).status === 404;
    next(missing ? new Refusal('not_found', 'The web app has not been built here: run npm run build.') : error);
  });
}

/** Whether a browser is being sent here; programs take anything, and are told what is wrong in words of their own. */
function asksForPage(req: Request): boolean {
  return /\btext\/html\b/.test(req.get('accept') ?? '');
}

/** Sends what the build has compressed, so that no request costs any compressing; else the file as it is. */
function precompressed(files: RequestHandler): RequestHandler {
  return (req, res, next) => {
    res.vary('Accept-Encoding');
    const encoding = ENCODINGS.find(({ name }) => req.acceptsEncodings(name) !== false);
    if (!encoding) return void files(req, res, next);
    const { url } = req;
    req.url = url.replace(/\?|$/, `${encoding.extension}$&`);
    void files(req, res, (error) => {
      req.url = url;
      if (error) next(error);
      else void files(req, res, next);
    });
  };
}

/** Of a compressed file the type is that of the file within. */
function asCompressed(res: Response, path: string): void {
  res.set('Cache-Control', 'public, max-age=31536000, immutable');
  const encoding = ENCODINGS.find(({ extension }) => path.endsWith(extension));
  if (encoding) res.type(extname(path.slice(0, -encoding.extension.length))).set('Content-Encoding', encoding.name);
}
