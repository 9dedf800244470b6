import type { IncomingMessage } from 'node:http';
import { createOriginCheck, type OriginSettings } from '@syncline/auth';
import { Refusal } from '@syncline/protocol';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Refuses foreign hosts and origins, before anything else is looked at. */
export function originGuard(settings: OriginSettings): RequestHandler {
  const check = createOriginCheck(settings);
  return (req, _res, next) => {
    const refusal = check(req.headers);
    if (refusal) throw refusal;
    next();
  };
}

/**
 * Security headers. Must come after {@link originGuard}: the policy repeats the Host. Strict-Transport-Security is left
 * to whoever terminates TLS, because it binds the whole host name.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Mantine and ProseMirror write style elements and attributes at run time.
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'", 'data:'],
        // Pictures and films in documents are links to anywhere.
        imgSrc: ["'self'", 'data:', 'blob:', 'https:'],
        mediaSrc: ["'self'", 'blob:', 'https:'],
        // Not every browser takes 'self' to mean ws: as well.
        connectSrc: ["'self'", socketsOf('ws'), socketsOf('wss')],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        // Would turn http://<a host on the LAN> into https, which nobody serves there.
        upgradeInsecureRequests: null,
      },
    },
  });
}

function socketsOf(scheme: 'ws' | 'wss') {
  return (req: IncomingMessage) => `${scheme}://${req.headers.host}`;
}

const EXPOSED =
  'ETag, Location, Retry-After, RateLimit, RateLimit-Policy, Allow, Idempotency-Key, MCP-Protocol-Version, Mcp-Session-Id';

/** Lets pages of CORS_ORIGINS read answers. Whether they may send anything has been decided by {@link originGuard}. */
export function crossOrigin(settings: OriginSettings): RequestHandler {
  const origins = new Set((settings.corsOrigins ?? []).map((origin) => new URL(origin).origin));
  return (req, res, next) => {
    res.vary('Origin');
    const origin = req.get('origin');
    if (origin === undefined || !origins.has(origin)) return next();
    res.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED });
    if (req.method !== 'OPTIONS' || req.get('access-control-request-method') === undefined) return next();
    res.set({
      'Access-Control-Allow-Methods': 'GET, HEAD, POST, PATCH, DELETE',
      'Access-Control-Allow-Headers': req.get('access-control-request-headers') ?? '',
      'Access-Control-Max-Age': '600',
    });
    res.status(204).end();
  };
}

/** Refuses compressed bodies: a few bytes of one become any number in memory. */
export const plainBodies: RequestHandler = (req, _res, next) => {
  const encoding = req.get('content-encoding')?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity')
    throw new Refusal('unsupported_media_type', 'Compressed bodies are not read. Send it without Content-Encoding.');
  next();
};
