import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { StartError } from './settings.ts';

/**
 * Listens, or says which setting is in the way.
 * @returns the port, which differs from the one asked for when that was 0
 * @throws StartError when the port is taken, not allowed, or the address is not this machine's
 */
export function listen(server: Server, at: { host: string; port: number; setting: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new StartError(explain(error, at), { cause: error }));
    });
    server.listen(at.port, at.host, () => resolve((server.address() as AddressInfo).port));
  });
}

function explain(
  error: NodeJS.ErrnoException,
  { host, port, setting }: { host: string; port: number; setting: string },
) {
  if (error.code === 'EADDRINUSE')
    return `${setting}=${port} is taken on ${host}: stop what listens there, or choose another, for example ${setting}=${port + 1}`;
  if (error.code === 'EACCES') return `${setting}=${port} is not allowed to this user, for example ${setting}=8080`;
  if (error.code === 'EADDRNOTAVAIL') return `HOST=${host} is no address of this machine, for example HOST=127.0.0.1`;
  return `cannot listen on ${host}:${port}: ${error.message}`;
}

/** Stops listening and lets go of idle connections; resolves at the latest after `deadlineMs`. */
export function closeServer(server: Server, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => {
      server.closeAllConnections();
      resolve();
    }, deadlineMs);
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/**
 * Answers a request for an upgrade that is refused, and closes: Node no longer watches its connection, which a client
 * that keeps its side open would else hold for ever.
 * @param status as `404 Not Found`
 */
export function refuseUpgrade(socket: Duplex, status: string, text = ''): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${text}`);
}
