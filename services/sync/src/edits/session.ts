import type { Connection, Hocuspocus, WebSocketLike } from '@hocuspocus/server';
import type { JournalWriter } from '@syncline/journal';
import {
  actorOf,
  documentName,
  type DocumentRef,
  ERRORS,
  type ErrorCode,
  type Principal,
  Refusal,
} from '@syncline/protocol';
import type { Clock, Logger } from '@syncline/runtime';
import { isKeepAlive, readFrame } from './frame.ts';
import { record } from './record.ts';
import type { Room } from './room.ts';

/** A client's WebSocket, as a session needs it. */
export interface Wire {
  readonly open: boolean;
  send(bytes: Uint8Array): void;
  close(code: number, reason: string): void;
  /** Stops reading until `resume`. */
  pause(): void;
  resume(): void;
}

export interface SessionLimits {
  /** The largest frame that is taken, in bytes. */
  maxFrameBytes: number;
  /** The largest update that is taken, in bytes. */
  maxUpdateBytes: number;
  /** Bytes of one connection's frames that are not dealt with yet; beyond it the socket is not read. */
  maxBytesInFlight: number;
}

export interface SessionDeps {
  journal: JournalWriter;
  clock: Clock;
  log: Logger;
  limits: SessionLimits;
  /** Who the token speaks for. @throws Refusal `unauthorized` */
  authenticate: (token: string) => Principal;
  /** The pod ends a connection, and why (S17). */
  onEnd: (reason: string) => void;
}

type ClientConnection = ReturnType<Hocuspocus['handleConnection']>;

const OPEN = 1;
const CLOSED = 3;
const NORMAL_CLOSURE = 1000;
/** The core's code for a client that did not say who it is, or has been silent, for too long. */
const TIMED_OUT = 4408;

/**
 * One client on one document.
 *
 * Always: every update is on its way into the journal when the core first sees it (S4), and the core acknowledges it
 * only after it is committed and applied (S1). When the session ends, so does the WebSocket (S16).
 */
export class Session implements WebSocketLike {
  readonly ref: DocumentRef;
  #principal: Principal | null = null;
  readonly #deps: SessionDeps;
  readonly #wire: Wire;
  readonly #name: string;
  #core: ClientConnection | null = null;
  #room: Room | null = null;
  #ended = false;
  /** Bytes of frames that the core has and is not done with. */
  #bytesInside = 0;
  #address: string | null = null;
  /** Whether the frames that waited for the document are through; until then the core hands updates over one by one. */
  #live = false;
  /** Appends by the buffer of the frame they came in. */
  readonly #appends = new WeakMap<ArrayBufferLike, Promise<void>>();

  constructor(deps: SessionDeps, client: { wire: Wire; ref: DocumentRef }) {
    this.#deps = deps;
    this.#wire = client.wire;
    this.ref = client.ref;
    this.#name = documentName(client.ref);
  }

  /** Ties the session to the core's side of it; before the first frame. */
  start(core: ClientConnection): void {
    this.#core = core;
  }

  get readyState(): number {
    return this.#wire.open && !this.#ended ? OPEN : CLOSED;
  }

  send(bytes: Parameters<WebSocketLike['send']>[0]): void {
    if (this.readyState === OPEN) this.#wire.send(bytes as Uint8Array);
  }

  /** The core's way to end the connection; its own codes mean that it could not read a frame. */
  close(code?: number): void {
    if (code === undefined || code === NORMAL_CLOSURE) this.end(NORMAL_CLOSURE, 'closed');
    else if (code === TIMED_OUT) this.end(TIMED_OUT, 'silent for too long', 'timeout');
    else this.refuse(new Refusal('invalid_request', 'The frame cannot be read.'));
  }

  /** A frame from the client, in a buffer of its own. */
  receive(bytes: Uint8Array): void {
    if (this.#ended || !this.#core) return;
    if (isKeepAlive(bytes)) return this.alive();
    if (bytes.length > this.#deps.limits.maxFrameBytes) {
      const { maxFrameBytes } = this.#deps.limits;
      return this.refuse(
        new Refusal('too_large', `The frame has ${bytes.length} bytes; at most ${maxFrameBytes} are taken.`),
      );
    }
    const frame = readFrame(bytes);
    if (!frame) return this.refuse(new Refusal('invalid_request', 'The frame cannot be read.'));
    // One client, under one address: another would be a second connection that nobody counts.
    this.#address ??= frame.address;
    if (frame.document !== this.#name || frame.address !== this.#address)
      return this.refuse(new Refusal('wrong_document', `This socket serves ${this.#name} and no other document.`));
    if (frame.update && this.#live) void this.#append(frame.update);
    this.#bytesInside += bytes.length;
    if (this.#bytesInside > this.#deps.limits.maxBytesInFlight) this.#wire.pause();
    this.#core.handleMessage(bytes);
  }

  /** The core is done with a frame. */
  handled(bytes: number): void {
    this.#bytesInside -= bytes;
    if (this.#bytesInside <= this.#deps.limits.maxBytesInFlight) this.#wire.resume();
  }

  /** The client has shown that it is there. */
  alive(): void {
    if (this.#core) this.#core.lastMessageReceivedAt = Date.now();
  }

  authenticate(token: string): { principal: Principal } {
    try {
      this.#principal = this.#deps.authenticate(token);
      return { principal: this.#principal };
    } catch (error) {
      // After the core has told the client in its own words.
      this.#deps.clock.after(0, () => this.refuse(error));
      throw error;
    }
  }

  /** The core has loaded the document and lets frames through. */
  connected(room: Room, connection: Connection): void {
    this.#room = room;
    connection.onClose((_document, event) => this.close(event?.code));
    void connection.waitForPendingMessages().then(() => {
      this.#live = true;
    });
  }

  /** Awaited by the core before it applies a client's update; what it throws keeps the update out (S6). */
  async beforeUpdate(update: Uint8Array): Promise<void> {
    try {
      await (this.#appends.get(update.buffer) ?? this.#append(update));
    } catch (error) {
      this.refuse(error);
      throw error;
    }
    // Its commit has applied it; what the core is about to apply is nothing.
    update.fill(0, 0, 2);
  }

  /** Ends the connection with the close code of a refusal. Anything else that was thrown is a bug, and says so. */
  refuse(error: unknown): void {
    const code: ErrorCode = error instanceof Refusal ? error.code : 'internal';
    if (code === 'internal') this.#deps.log.error({ err: error }, 'a session failed');
    this.end(ERRORS[code].closeCode, error instanceof Refusal ? error.message : ERRORS.internal.title, code);
  }

  end(closeCode: number, reason: string, counted = reason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deps.onEnd(counted);
    this.#wire.resume();
    this.#wire.close(closeCode, reason.slice(0, 120));
  }

  /** The WebSocket has closed, by whomever. */
  closed(code: number, reason: string): void {
    this.#ended = true;
    this.#core?.handleClose({ code, reason });
  }

  #append(view: Uint8Array): Promise<void> {
    const appended = this.#record(view);
    this.#appends.set(view.buffer, appended);
    // Whoever awaits it hears of it; until then nobody does.
    appended.catch(() => {});
    return appended;
  }

  async #record(view: Uint8Array): Promise<void> {
    if (!this.#room || !this.#principal) throw new Refusal('unauthorized', 'The document is not open yet.');
    const { journal, limits } = this.#deps;
    await record(
      { journal, maxUpdateBytes: limits.maxUpdateBytes },
      this.#room,
      view.slice(),
      actorOf(this.#principal),
    );
  }
}
