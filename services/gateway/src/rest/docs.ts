import type { RequestHandler } from 'express';
import type { Operation } from '../operations/operation.ts';
import { docsPage, type OpenApi } from './docs-page.ts';
import { openApi } from './openapi.ts';

/** `/openapi.json` and, for people, `/docs`: both are made once, from the table. */
export function createDocs(operations: readonly Operation[]): { openapi: RequestHandler; page: RequestHandler } {
  const document = openApi(operations);
  const page = docsPage(JSON.parse(document) as OpenApi);
  return {
    openapi(_req, res) {
      res.set('Cache-Control', 'no-cache').type('json').send(document);
    },
    page(_req, res) {
      res.set('Cache-Control', 'no-cache').type('html').send(page);
    },
  };
}
