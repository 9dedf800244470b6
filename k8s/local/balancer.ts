import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Duplex } from 'node:stream';

/** Where the balancer sends what; addresses as http://127.0.0.1:PORT. */
export interface Backends {
  pods: string[];
  gateways: string[];
  /** Whether sockets go to the pods in turn, as behind a Service, so that one document's are on several. */
  inTurn?: boolean;
}

const ASK_EVERY_MS = 200;

/**
 * A small balancer for the local cluster: a document's sockets go to one pod as long as it is ready (the others follow
 * in an order of the document's own), everything else to the gateways in turn. An ingress does this in production.
 */
export async function startBalancer(backends: Backends, port: number): Promise<{ server: Server; url: string }> {
  let turn = 0;
  let socketTurn = 0;
  const unready = new Set<string>();
  const closed = new AbortController();
  const server = createServer((request, response) => {
    const { gateways } = backends;
    turn += 1;
    if (gateways.length) forward(request, response, rotated(gateways, turn));
    else response.writeHead(503, { 'retry-after': '1' }).end();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (!backends.pods.length) socket.destroy();
    else {
      const pods = backends.inTurn
        ? rotated(backends.pods, socketTurn++)
        : ranked(backends.pods, (request.url ?? '').split('?', 1)[0]!);
      // When none is ready, one that can say why is better than none.
      tunnel({ request, socket, head }, [...pods.filter((pod) => !unready.has(pod)), ...pods]);
    }
  });
  server.once('close', () => closed.abort());
  void watchReadiness(backends, unready, closed.signal);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://localhost:${(server.address() as { port: number }).port}` };
}

/** A pod that drains refuses whoever comes, so nobody should be sent to it. */
async function watchReadiness(backends: Backends, unready: Set<string>, closed: AbortSignal): Promise<void> {
  for (; !closed.aborted; await pause(ASK_EVERY_MS, undefined, { ref: false }))
    await Promise.all(
      backends.pods.map(async (pod) => {
        const answer = await fetch(`${pod}/readyz`).catch(() => null);
        if (answer?.ok) unready.delete(pod);
        else unready.add(pod);
      }),
    );
}

function rotated(addresses: string[], turn: number): string[] {
  const first = turn % addresses.length;
  return [...addresses.slice(first), ...addresses.slice(0, first)];
}

/** Rendezvous hashing: when a pod goes, only its own documents move. */
function ranked(pods: string[], key: string): string[] {
  const weight = (pod: string) => createHash('sha1').update(`${key} ${pod}`).digest('hex');
  return pods.toSorted((a, b) => weight(a).localeCompare(weight(b)));
}

function forward(request: IncomingMessage, response: ServerResponse, [gateway, ...others]: string[]): void {
  const { method, url, headers } = request;
  const onward = httpRequest(new URL(url ?? '/', gateway), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', (error: NodeJS.ErrnoException) => {
    // Nothing has been sent yet when the connection itself is refused: the next gateway may have it.
    if (error.code === 'ECONNREFUSED' && others.length) forward(request, response, others);
    else if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
  // Not before there is a connection: a body that went into a refused one is gone.
  onward.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => request.pipe(onward));
    else request.pipe(onward);
  });
  response.once('close', () => onward.destroy());
}

function tunnel(client: { request: IncomingMessage; socket: Duplex; head: Buffer }, [pod, ...others]: string[]): void {
  const { request, socket, head } = client;
  const { hostname, port } = new URL(pod!);
  const onward = connect(Number(port), hostname);
  onward.once('connect', () => {
    const lines = request.rawHeaders.flatMap((_, n, raw) => (n % 2 ? [] : [`${raw[n]}: ${raw[n + 1]}`]));
    onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    onward.write(head);
    onward.pipe(socket).pipe(onward);
  });
  onward.on('error', () => {
    if (onward.bytesWritten === 0 && others.length) tunnel(client, others);
    else socket.destroy();
  });
  socket.on('close', () => onward.destroy());
}
