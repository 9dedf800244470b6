import type { ConnectionOptions } from '@nats-io/transport-node';

/**
 * Reads a `NATS_URL`: one `nats://` or `tls://` address, or several with commas between. User and password, or a token,
 * stand before the host, as other NATS clients read them; the client itself would take them for a part of the host.
 */
export function parseNatsUrl(url: string): Pick<ConnectionOptions, 'servers' | 'user' | 'pass' | 'token' | 'tls'> {
  const addresses = url.split(',').map((part) => new URL(part.trim()));
  const first = addresses.find((address) => address.username);
  const user = first && decodeURIComponent(first.username);
  const pass = first && decodeURIComponent(first.password);
  return {
    servers: addresses.map((address) => `${address.hostname}:${address.port || '4222'}`),
    ...(user && (pass ? { user, pass } : { token: user })),
    ...(addresses.some((address) => address.protocol === 'tls:') && { tls: {} }),
  };
}
