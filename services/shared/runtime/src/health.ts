import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { HttpGuard } from './http-guard.ts';
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

export interface AdminServerOptions {
  guard: HttpGuard;
  metrics: Metrics;
  /** @returns false when the request is for another */
  more?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/** The admin port: `/metrics`, and what else a process answers to its own kind. */
export function createAdminServer({ guard, metrics, more = () => false }: AdminServerOptions): Server {
  return guard.createServer((request, response) => {
    // Only a web page sends an Origin, and none has business here.
    if (request.headers.origin !== undefined) answer(response, 403, { status: 'web pages are not let in' });
    else if (request.url?.split('?', 1)[0] === '/metrics') void answerMetrics(metrics, response);
    else if (!more(request, response)) answer(response, 404, { status: 'there is nothing but /metrics here' });
  });
}

async function answerMetrics({ registry }: Metrics, response: ServerResponse): Promise<void> {
  const text = await registry.metrics();
  response.writeHead(200, { 'content-type': registry.contentType });
  response.end(text);
}

function answer(response: ServerResponse, status: number, body: unknown): true {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
  return true;
}
