import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { clientAddress } from './client-address.ts';
import type { Metrics } from './metrics.ts';
import { Places } from './places.ts';
import { type SettingsOf, type SettingsTable, wholeNumber } from './settings.ts';

/** What whoever opens a connection may cost before it has asked for anything. */
export const HTTP_SETTINGS = {
  MAX_HTTP_CONNECTIONS: {
    schema: wholeNumber(1, 1_000_000).default(4_000),
    description: 'Connections of one port, WebSockets apart; for one more, the oldest of the busiest address is closed',
    example: '4000',
  },
  MAX_UNFINISHED_REQUESTS: {
    schema: wholeNumber(1, 1_000_000).default(1_000),
    description: 'How many of them may owe the rest of their first request, or of a body; for one more as above',
    example: '1000',
  },
  MAX_UNFINISHED_BYTES: {
    schema: wholeNumber(1024, 64 * 1024 ** 3).default(64 * 1024 * 1024),
    description: 'What they may have sent, all together; beyond it as above, of the address that has sent most',
    example: '67108864',
  },
  REQUEST_HEAD_MS: {
    schema: wholeNumber(100, 600_000).default(10_000),
    description: 'How long the head of a request may take, from the connection on; later it is answered 408',
    example: '10000',
  },
  REQUEST_MS: {
    schema: wholeNumber(100, 600_000).default(30_000),
    description: 'How long a whole request may take, with its body; later it is answered 408',
    example: '30000',
  },
  KEEP_ALIVE_MS: {
    schema: wholeNumber(100, 3_600_000).default(5_000),
    description: 'How long a connection may wait between two requests; above what a proxy before it keeps them',
    example: '5000',
  },
  STALLED_MS: {
    schema: wholeNumber(1_000, 3_600_000).default(60_000),
    description: 'How long nothing may move on a connection that is owed an answer; later it is closed',
    example: '60000',
  },
  PROXIES: {
    schema: wholeNumber(0, 10).default(0),
    description: 'How many proxies stand before, whose X-Forwarded-For says the address',
    example: '1',
  },
} satisfies SettingsTable;

export type HttpSettings = SettingsOf<typeof HTTP_SETTINGS>;

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** How often is looked for requests that take too long. */
const LOOK_EVERY_MS = 1_000;
/** How often is looked at what unfinished requests have sent: seldom enough to cost nothing. */
const WEIGH_EVERY_MS = 250;
/** How long a client may take to read an answer that came before it had sent its whole request. */
const LINGER_MS = 1_000;

/**
 * Makes servers on which a connection that says nothing, or half of something, costs little and not for long: the time
 * for a request is bounded, and so is how many connections there are, in a way that lets newcomers in.
 */
export class HttpGuard {
  readonly #settings: HttpSettings;
  readonly #closed;

  constructor({ settings, metrics }: { settings: HttpSettings; metrics: Metrics }) {
    this.#settings = settings;
    this.#closed = metrics.counter(
      'http_connections_closed_total',
      'Connections without a WebSocket that were closed, by reason',
      ['reason'],
    );
    this.#closed.inc({ reason: 'full' }, 0);
  }

  /** @param upgrade takes each request for an upgrade, its socket too; without it such a request is one like others */
  createServer(listener: RequestListener, upgrade?: UpgradeListener): Server {
    const { REQUEST_HEAD_MS, REQUEST_MS, KEEP_ALIVE_MS, STALLED_MS } = this.#settings;
    const server = createServer({
      headersTimeout: Math.min(REQUEST_HEAD_MS, REQUEST_MS),
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: LOOK_EVERY_MS,
    });
    server.timeout = STALLED_MS;
    const { leave } = this.#watch(server);
    if (upgrade)
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        leave(request.socket);
        upgrade(request, socket, head);
      });
    return server.on('request', listener);
  }

  #watch(server: Server): { leave: (socket: Socket) => void } {
    const { MAX_HTTP_CONNECTIONS, MAX_UNFINISHED_REQUESTS, MAX_UNFINISHED_BYTES, PROXIES } = this.#settings;
    const crowdOut = (socket: Socket) => {
      this.#closed.inc({ reason: 'full' });
      socket.destroy();
    };
    const open = new Places<Socket>({ limit: MAX_HTTP_CONNECTIONS, maxBytes: Infinity, onCrowdedOut: crowdOut });
    /** Those whose head has come, and by whose body we wait. */
    const requests = new WeakMap<Socket, IncomingMessage>();
    const unfinished = new Places<Socket>({
      limit: MAX_UNFINISHED_REQUESTS,
      maxBytes: MAX_UNFINISHED_BYTES,
      // One that is whole owes nothing any more, though nobody has read it yet.
      onCrowdedOut: (socket) => requests.get(socket)?.complete || crowdOut(socket),
    });
    /** What each connection had sent when its last request was whole. */
    const finished = new WeakMap<Socket, number>();
    const finish = (socket: Socket) => {
      finished.set(socket, socket.bytesRead);
      unfinished.leave(socket);
    };
    const leave = (socket: Socket) => {
      open.leave(socket);
      unfinished.leave(socket);
    };

    server.on('connection', (socket: Socket) => {
      const address = socket.remoteAddress ?? '';
      open.take(socket, address, () => socket.bytesRead);
      unfinished.take(socket, address, () => socket.bytesRead);
      lingerWhile(socket, () => requests.get(socket)?.complete === false);
      socket.once('close', () => {
        leave(socket);
        const { code } = (socket.errored ?? {}) as NodeJS.ErrnoException;
        if (code === 'ERR_HTTP_REQUEST_TIMEOUT') this.#closed.inc({ reason: 'late' });
      });
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      if (!hasBody(request)) return finish(socket);
      requests.set(socket, request);
      const before = finished.get(socket) ?? 0;
      unfinished.take(socket, clientAddress(request, PROXIES), () => socket.bytesRead - before);
      request.once('end', () => finish(socket));
      keepAliveIfWhole(request, response);
    });
    server.on('timeout', (socket: Socket) => {
      // Also when a connection has waited long enough for its next request.
      if (server.timeout && socket.timeout === server.timeout) this.#closed.inc({ reason: 'stalled' });
      socket.destroy();
    });
    const weighing = setInterval(() => unfinished.weigh(), WEIGH_EVERY_MS).unref();
    server.on('close', () => clearInterval(weighing));
    return { leave };
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** A request that is answered before all of it has come is read no further: its connection cannot be used again. */
function keepAliveIfWhole(request: IncomingMessage, response: ServerResponse): void {
  let keepAlive = response.shouldKeepAlive;
  Object.defineProperty(response, 'shouldKeepAlive', {
    get: () => keepAlive && request.complete,
    set(wanted: boolean) {
      keepAlive = wanted;
    },
  });
}

/**
 * Makes a connection that Node closes behind an answer stay a moment, unread, while `unread` says that more would come.
 * TCP resets what is closed with bytes unread, and the client would not see the answer.
 */
function lingerWhile(socket: Socket, unread: () => boolean): void {
  const destroySoon = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    if (!unread()) return destroySoon();
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
    // Node begins to read what nobody has read just after this.
    setImmediate(() => socket.pause());
  };
}
