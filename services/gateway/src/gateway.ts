import type { Access, RightsAdmin } from '@syncline/auth';
import type { HttpRead, Rpc } from '@syncline/bus';
import type { Catalog } from '@syncline/journal';
import { Refusal } from '@syncline/protocol';
import type { Logger, Metrics } from '@syncline/runtime';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { asRefusal, type Calls, createCalls } from './calls.ts';
import { tellingCatalog } from './catalog.ts';
import { MarkdownReader } from './markdown/reader.ts';
import { createMcpEndpoint } from './mcp/endpoint.ts';
import { OPERATIONS } from './operations/table.ts';
import { createPods } from './pods.ts';
import { createRateLimits } from './rate-limits.ts';
import { createDocs } from './rest/docs.ts';
import { refusalOfHttpError, sendProblem } from './rest/problem.ts';
import { createRestRouter } from './rest/router.ts';
import { crossOrigin, originGuard, plainBodies, securityHeaders } from './security.ts';
import { type GatewaySettings, limitsOf } from './settings.ts';
import { createPages } from './static.ts';

export interface GatewayDeps {
  rpc: Rpc;
  /** Where documents are read while the bus is away. */
  readElsewhere?: HttpRead;
  catalog: Catalog;
  access: Access;
  /** Changes keys, links and rights; null in open mode. */
  rights: RightsAdmin | null;
  log: Logger;
  metrics: Metrics;
  settings: GatewaySettings;
}

export interface Gateway {
  /** Serves `/v1`, `/mcp` and the web app. Health addresses are handed on to whatever stands behind it. */
  app: Express;
  /** New calls are refused as `draining`; resolves when the running ones have been answered. */
  close(): Promise<void>;
}

const HEALTH = new Set(['/livez', '/readyz', '/health']);

/** Composes a gateway; it listens nowhere by itself and owns none of its deps. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { settings, metrics } = deps;
  const log = deps.log.child({ component: 'gateway' });
  const limits = limitsOf(settings);
  const markdown = new MarkdownReader(settings.markdown);
  const calls = createCalls({
    markdown,
    pods: createPods({
      rpc: deps.rpc,
      access: deps.access,
      log,
      readElsewhere: deps.readElsewhere,
      timeoutMs: limits.rpcTimeoutMs,
      tryMs: limits.rpcTryMs,
      messageLimitBytes: limits.messageLimitBytes,
    }),
    catalog: tellingCatalog(deps.catalog, log),
    rights: deps.rights,
    urlOf: ({ kind, id }) => `${settings.publicUrl().replace(/\/+$/, '')}/${kind}/${id}`,
    log,
    metrics,
  });
  const rateLimits = createRateLimits(settings.rateLimits ?? { perAddress: 600_000, perKey: 6_000 });
  const shared = { operations: OPERATIONS, calls, access: deps.access, rateLimits, log, ...limits };
  const mcp = createMcpEndpoint(shared);

  const app = express();
  // Express makes weak tags of bodies; ours are strong and are revisions.
  app.set('etag', false).set('query parser', 'simple').disable('x-powered-by').enable('case sensitive routing');
  app.set('trust proxy', settings.proxies ?? 0);
  app.use((req, _res, next) => (HEALTH.has(req.path) ? next('router') : next()));
  app.use(originGuard(settings), securityHeaders(), crossOrigin(settings));
  app.use(['/v1', '/mcp'], rateLimits.ofAddress, plainBodies);
  app.use('/v1', createRestRouter(shared));
  const docs = createDocs(OPERATIONS);
  app.get('/openapi.json', docs.openapi).get('/docs', docs.page);
  app.all('/mcp', mcp.handle);
  if (settings.webRoot !== undefined) app.use(createPages(settings.webRoot));
  app.use((req) => {
    throw new Refusal('not_found', `There is nothing at ${req.method} ${req.path.slice(0, 200)}.`);
  });
  app.use(answerErrors({ calls, log, ...limits }));

  return {
    app,
    async close() {
      await calls.close();
      await mcp.close();
      await markdown.close();
    },
  };
}

/** The last handler: whatever went wrong becomes a problem. */
function answerErrors(deps: { calls: Calls; log: Logger; retryAfterSeconds: number }): ErrorRequestHandler {
  // oxlint-disable-next-line max-params -- express knows an error handler by its four parameters
  return (error: unknown, req, res, _next) => {
    const refusal = refusalOfHttpError(error) ?? asRefusal(error);
    if (refusal.code === 'internal' && !(error instanceof Refusal)) deps.log.error({ err: error }, 'failed');
    deps.calls.refused(refusal, { door: doorOf(req.path), method: req.method });
    if (res.headersSent) return void res.destroy();
    sendProblem(res, refusal, deps.retryAfterSeconds);
  };
}

function doorOf(path: string): 'rest' | 'mcp' | 'web' {
  if (path.startsWith('/v1')) return 'rest';
  return path === '/mcp' ? 'mcp' : 'web';
}
