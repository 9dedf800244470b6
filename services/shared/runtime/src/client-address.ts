import type { IncomingMessage } from 'node:http';

/** Longest entry of a header that is kept as an address; none is longer. */
const MAX_ADDRESS = 45;

/**
 * Where a request comes from.
 * @param proxies how many stand before, each of which appends to `X-Forwarded-For` whom it was sent by
 */
export function clientAddress({ headers, socket }: IncomingMessage, proxies: number): string {
  const own = socket.remoteAddress ?? '';
  if (proxies === 0) return own;
  const forwarded = [headers['x-forwarded-for'] ?? ''].flat().join(',').split(',');
  const told = forwarded.map((address) => address.trim().slice(0, MAX_ADDRESS)).filter((address) => address !== '');
  return told.at(-proxies) ?? told[0] ?? own;
}
