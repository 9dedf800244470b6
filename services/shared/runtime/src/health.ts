import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';

/** What `/readyz` answers; `status` is `ready` or says what is in the way. */
export type Health = { status: 'ready' | 'starting' | 'draining' | 'unavailable' } & Record<string, unknown>;

/**
 * Answers `/livez` (this process runs), `/readyz` and `/health` (it can take work).
 * @returns false when the request is for another
 */
export function answerHealth(health: () => Health, request: IncomingMessage, response: ServerResponse): boolean {
  const path = (request.url ?? '').split('?', 1)[0];
  if (path === '/livez') return answer(response, 200, { status: 'live' });
  if (path !== '/readyz' && path !== '/health') return false;
  const now = health();
  return answer(response, now.status === 'ready' ? 200 : 503, now);
}

/** The admin port: `/metrics`, and nothing that changes anything. */
export function createAdminServer(metrics: Metrics): Server {
  return createServer((request, response) => {
    if (request.url?.split('?', 1)[0] !== '/metrics') {
      answer(response, 404, { status: 'there is only /metrics here' });
      return;
    }
    void metrics.registry.metrics().then((text) => {
      response.writeHead(200, { 'content-type': metrics.registry.contentType });
      response.end(text);
    });
  });
}

function answer(response: ServerResponse, status: number, body: unknown): true {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
  return true;
}
