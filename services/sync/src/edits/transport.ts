import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ERRORS, type ErrorCode, parseDocumentName, Refusal } from '@syncline/protocol';
import { type Clock, clientAddress, type Logger, Places, type Random, refuseUpgrade } from '@syncline/runtime';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Client, Session, Wire } from './session.ts';

const PATH = /^\/sync\/([^/?#]+)$/;
/** How often an idle socket is asked whether it is still there; one silent for a whole round is dropped. */
const PING_MS = 30_000;
/** How often is looked at what strangers have sent: a part of a frame is seen by nobody else. */
const WEIGH_EVERY_MS = 250;
/** How long a client that has not said who it is may take to close its side. */
const DISMISS_MS = 1_000;

export interface TransportDeps {
  log: Logger;
  clock: Clock;
  random: Random;
  /** What speaks against a request's Host and Origin, if anything does. */
  checkOrigin: (headers: IncomingMessage['headers']) => Refusal | null;
  /** Whether no client is taken any more. */
  draining: () => boolean;
  /** Sockets that are held, and how many of them may not yet have said who they are. */
  maxConnections: number;
  maxUnauthenticated: number;
  /** What those may have sent, all together. */
  maxUnauthenticatedBytes: number;
  /** How many proxies stand before the pod. */
  proxies: number;
  open: (client: Client) => Session;
  /** A client was turned away before there was a session. */
  onRefused: (reason: string) => void;
  /** The hard bound of a frame; a little above it the session still answers with 4413, beyond that ws with 1009. */
  maxFrameBytes: number;
}

/**
 * WebSockets at `/sync/<kind>:<id>`. It knows addresses, frames' sizes and dead peers, nothing of documents.
 */
export class Transport {
  readonly #deps: TransportDeps;
  readonly #server: WebSocketServer;
  readonly #clients = new Map<WebSocket, Session>();
  /** Those who have not said who they are. */
  readonly #strangers: Places<Session>;
  readonly #silent = new WeakSet<WebSocket>();
  readonly #pings: NodeJS.Timeout;
  readonly #weighing: NodeJS.Timeout;

  constructor(deps: TransportDeps) {
    this.#deps = deps;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: 2 * deps.maxFrameBytes,
    });
    const crowdedOut = new Refusal('full', 'Others come, and you have not said who you are.');
    this.#strangers = new Places({
      limit: deps.maxUnauthenticated,
      maxBytes: deps.maxUnauthenticatedBytes,
      onCrowdedOut: (session) => session.refuse(crowdedOut),
    });
    this.#pings = setInterval(() => this.#ping(), PING_MS).unref();
    this.#weighing = setInterval(() => this.#strangers.weigh(), WEIGH_EVERY_MS).unref();
  }

  get size(): number {
    return this.#clients.size;
  }

  /** The clients there are. */
  get sessions(): Iterable<Session> {
    return this.#clients.values();
  }

  /** Takes an HTTP upgrade. @returns false when its path is not this transport's */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const path = (request.url ?? '').split('?', 1)[0]!;
    if (!path.startsWith('/sync/')) return false;
    const refusal = this.#deps.checkOrigin(request.headers);
    if (refusal) {
      this.#deps.onRefused(refusal.code);
      refuseUpgrade(socket, '403 Forbidden', `${refusal.message}\n`);
      return true;
    }
    // A browser learns why only from a close code, and for that the socket must first be open.
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, path, request));
    return true;
  }

  /**
   * Ends every session with this close code, each at a moment of its own within `overMs`: clients come back a fixed time
   * after they were closed, and would otherwise all come at once.
   */
  async drain(closeCode: number, reason: string, overMs: number): Promise<void> {
    const { clock, random } = this.#deps;
    await Promise.all(
      [...this.#clients.values()].map((session) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        clock.after(random() * overMs, () => {
          session.end(closeCode, reason);
          resolve();
        });
        return promise;
      }),
    );
  }

  close(): void {
    clearInterval(this.#pings);
    clearInterval(this.#weighing);
    for (const ws of this.#clients.keys()) ws.terminate();
    this.#server.close();
  }

  /** The client has said who it is. */
  known(session: Session): void {
    this.#strangers.leave(session);
  }

  #accept(ws: WebSocket, path: string, request: IncomingMessage): void {
    ws.on('error', (error) => this.#deps.log.debug({ err: error }, 'a socket failed'));
    const name = parseDocumentName(decode(PATH.exec(path)?.[1] ?? ''));
    const refused = name ? this.#admit() : 'not_found';
    if (!name || refused) {
      const { closeCode, title } = ERRORS[refused ?? 'not_found'];
      this.#deps.onRefused(refused ?? 'not_found');
      this.#dismiss(ws, closeCode, name ? title : 'no such kind or name');
      return;
    }
    const close = (code: number, reason: string) => {
      if (this.#strangers.leave(session)) this.#dismiss(ws, code, reason);
      else ws.close(code, reason);
    };
    const session = this.#deps.open({ wire: wireOf(ws, close), name, headers: request.headers });
    this.#clients.set(ws, session);
    const { bytesRead: before } = request.socket;
    const sent = () => request.socket.bytesRead - before;
    this.#strangers.take(session, clientAddress(request, this.#deps.proxies), sent);
    ws.on('message', (data, isBinary) => {
      // A copy in a buffer of its own: ws hands out views of shared ones. A text frame is no frame of this protocol.
      session.receive(isBinary ? Uint8Array.from(data as Buffer) : new Uint8Array(0));
    });
    ws.on('pong', () => {
      this.#silent.delete(ws);
      session.alive();
    });
    ws.on('close', (code, reason) => {
      this.#clients.delete(ws);
      this.#strangers.leave(session);
      session.closed(code, reason.toString());
    });
  }

  /** What speaks against one more client, if anything does. Whoever has said who it is goes before strangers. */
  #admit(): ErrorCode | null {
    if (this.#deps.draining()) return 'draining';
    return this.size < this.#deps.maxConnections || this.#strangers.crowdOut() ? null : 'full';
  }

  /** Closes a socket of which nothing is known; one that does not close its side too would cost for half a minute. */
  #dismiss(ws: WebSocket, code: number, reason: string): void {
    ws.close(code, reason);
    this.#deps.clock.after(DISMISS_MS, () => ws.terminate());
  }

  #ping(): void {
    for (const ws of this.#clients.keys()) {
      if (this.#silent.has(ws)) ws.terminate();
      else {
        this.#silent.add(ws);
        ws.ping();
      }
    }
  }
}

function wireOf(ws: WebSocket, close: Wire['close']): Wire {
  return {
    get open() {
      return ws.readyState === ws.OPEN;
    },
    get unsent() {
      return ws.bufferedAmount;
    },
    send: (bytes) => ws.send(bytes),
    close,
    pause: () => ws.pause(),
    resume: () => ws.resume(),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A broken escape is no document's name.
    return '';
  }
}
