import { Refusal } from '@syncline/protocol';
import type { Headers } from './open-principal.ts';

/** Names under which a browser reaches this machine itself. */
export const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

export interface OriginSettings {
  /** PUBLIC_URL: its host is always allowed. Asked at each request, because a port may be known late. */
  publicUrl: () => string;
  /** CORS_ORIGINS: further web origins, as `https://app.example.com`. Default none. */
  corsOrigins?: readonly string[];
  /** Host names, without port, allowed beside PUBLIC_URL's. Default {@link LOOPBACK_HOSTS}. */
  hosts?: readonly string[];
}

/**
 * Keeps other web pages out: any page may send requests and open sockets to localhost, and by DNS rebinding under a
 * name of its own. So the `Host` must be a name of ours, and an `Origin`, which every browser sends, must be the origin
 * the request went to, PUBLIC_URL's, or one of CORS_ORIGINS: a page on another port of this machine is a stranger too.
 * Whoever sends no `Origin` is no browser's page. Serves HTTP requests and WebSocket upgrades alike.
 * @returns a function from headers to the refusal, or null when they may pass
 */
export function createOriginCheck(settings: OriginSettings): (headers: Headers) => Refusal | null {
  const named = new Set((settings.hosts ?? LOOPBACK_HOSTS).map((host) => host.toLowerCase()));
  const origins = new Set((settings.corsOrigins ?? []).map((origin) => new URL(origin).origin));

  return ({ host, origin }) => {
    const publicUrl = new URL(settings.publicUrl());
    const hostname = typeof host === 'string' ? hostnameOf(host) : null;
    if (hostname === null) return new Refusal('forbidden', 'The request has no valid Host header.');
    if (!named.has(hostname) && hostname !== publicUrl.hostname)
      return new Refusal(
        'forbidden',
        `This server does not answer under the host name "${hostname}". If it should, set PUBLIC_URL to the address ` +
          'that people open.',
      );
    if (origin === undefined) return null;
    const url = typeof origin === 'string' && /^https?:\/\//.test(origin) ? URL.parse(origin) : null;
    if (url !== null && (origins.has(url.origin) || url.origin === publicUrl.origin || isHost(url, String(host))))
      return null;
    return new Refusal(
      'forbidden',
      `Web pages of the origin ${JSON.stringify(String(origin).slice(0, 200))} are not let in. If they should be, add ` +
        'the origin to CORS_ORIGINS, or set PUBLIC_URL to the address that people open.',
    );
  };
}

/** Whether a page of this origin asked the server it came from; default ports may be spelled out or not. */
function isHost(origin: URL, host: string): boolean {
  return URL.parse(`${origin.protocol}//${host}`)?.host === origin.host;
}

/** The name in a `Host` header, in lower case and without its port. */
function hostnameOf(host: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host);
  return match === null ? null : match[1]!.toLowerCase();
}
