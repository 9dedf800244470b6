import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ERRORS, type ErrorCode, parseDocumentName, type Refusal } from '@syncline/protocol';
import type { Clock, Logger, Random } from '@syncline/runtime';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Client, Session, Wire } from './session.ts';

const PATH = /^\/sync\/([^/?#]+)$/;
/** How often an idle socket is asked whether it is still there; one silent for a whole round is dropped. */
const PING_MS = 30_000;

export interface TransportDeps {
  log: Logger;
  clock: Clock;
  random: Random;
  /** What speaks against a request's Host and Origin, if anything does. */
  checkOrigin: (headers: IncomingMessage['headers']) => Refusal | null;
  /** What speaks against one more client, if anything does. */
  admit: () => ErrorCode | null;
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
  readonly #silent = new WeakSet<WebSocket>();
  readonly #pings: NodeJS.Timeout;

  constructor(deps: TransportDeps) {
    this.#deps = deps;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: 2 * deps.maxFrameBytes,
    });
    this.#pings = setInterval(() => this.#ping(), PING_MS).unref();
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
      socket.end(`HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${refusal.message}\n`);
      return true;
    }
    // A browser learns why only from a close code, and for that the socket must first be open.
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, path));
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
    for (const ws of this.#clients.keys()) ws.terminate();
    this.#server.close();
  }

  #accept(ws: WebSocket, path: string): void {
    ws.on('error', (error) => this.#deps.log.debug({ err: error }, 'a socket failed'));
    const name = parseDocumentName(decode(PATH.exec(path)?.[1] ?? ''));
    const refused = name ? this.#deps.admit() : 'not_found';
    if (!name || refused) {
      const { closeCode, title } = ERRORS[refused ?? 'not_found'];
      this.#deps.onRefused(refused ?? 'not_found');
      ws.close(closeCode, name ? title : 'no such kind or name');
      return;
    }
    const session = this.#deps.open({ wire: wireOf(ws), name });
    this.#clients.set(ws, session);
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
      session.closed(code, reason.toString());
    });
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

function wireOf(ws: WebSocket): Wire {
  return {
    get open() {
      return ws.readyState === ws.OPEN;
    },
    get unsent() {
      return ws.bufferedAmount;
    },
    send: (bytes) => ws.send(bytes),
    close: (code, reason) => ws.close(code, reason),
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
