import { type Connection, type Hocuspocus, OutgoingMessage, type WebSocketLike } from '@hocuspocus/server';
import type { Access, Headers } from '@syncline/auth';
import type { JournalWriter } from '@syncline/journal';
import { isDeleted, onDeleted } from '@syncline/model';
import { documentName, ERRORS, type ErrorCode, type Kind, type PresentUser, Refusal } from '@syncline/protocol';
import type { Clock, Logger, Random } from '@syncline/runtime';
import { Backlog, type BacklogLimits } from './backlog.ts';
import { type Frame, isKeepAlive, readFrame } from './frame.ts';
import { Identity } from './identity.ts';
import { isKnown, record } from './record.ts';
import type { Room } from './room.ts';
import { shorten } from './shorten.ts';
import { TokenBucket } from './token-bucket.ts';
import { Turn } from './turn.ts';

/** A client's WebSocket, as a session needs it. */
export interface Wire {
  readonly open: boolean;
  /** Bytes that were sent and that the client has not taken yet. */
  readonly unsent: number;
  send(bytes: Uint8Array): void;
  close(code: number, reason: string): void;
  /** Stops reading until `resume`. */
  pause(): void;
  resume(): void;
}

export interface SessionLimits extends BacklogLimits {
  /** How long a client may take to say who it is. */
  authenticateMs: number;
  /** Frames of one connection in the long run; some seconds' worth may come at once. */
  maxFramesPerSecond: number;
  /** The largest awareness update that is taken, in bytes. */
  maxAwarenessBytes: number;
  /** For how many clients one connection may speak in the course of its life. */
  maxAwarenessClients: number;
  /** The largest frame that is taken, in bytes. */
  maxFrameBytes: number;
  /** The largest update that is taken, in bytes. */
  maxUpdateBytes: number;
  /** How large a document may become, in stored bytes. */
  maxDocumentBytes: number;
  /** Bytes of one connection's frames that are not dealt with yet; beyond it the socket is not read. */
  maxBytesInFlight: number;
}

export interface SessionDeps {
  journal: JournalWriter;
  clock: Clock;
  random: Random;
  log: Logger;
  limits: SessionLimits;
  access: Pick<Access, 'ofSocket'>;
  /** Ties a session that has been let in to the core's side of it. */
  enter: (session: Session, workspace: string) => ClientConnection;
  /** The client has said who it is. */
  onKnown: (session: Session) => void;
  /** The pod ends a connection, and why (S17). */
  onEnd: (reason: string) => void;
}

/** A client as it comes: which workspace its document is in shows only when it says who it is. */
export interface Client {
  wire: Wire;
  name: { kind: Kind; id: string };
  /** Of the upgrade: they say who it is where the token it shows is empty. */
  headers?: Headers;
}

type ClientConnection = ReturnType<Hocuspocus['handleConnection']>;

const OPEN = 1;
const CLOSED = 3;
const NORMAL_CLOSURE = 1000;
/** What a frame costs beside its bytes: the smallest ones would otherwise wait by the ten thousand. */
const FRAME_BYTES = 1024;
/** The longest token there may be, 16 Ki characters, in whatever script; and what stands around it. */
const MAX_TOKEN_FRAME_BYTES = 64 * 1024;
/** How many frames one that asks for the document counts as. */
const FULL_ANSWER_FRAMES = 100;
/** Refusals of whom the client is; the provider knows them only by a frame that says so. */
const SHUT_OUT: ReadonlySet<ErrorCode> = new Set(['unauthorized', 'forbidden']);

/**
 * One client on one document.
 *
 * Always: every update is on its way into the journal when the core first sees it (S4), and the core acknowledges it
 * only after it is committed and applied (S1). When the session ends, so does the WebSocket (S16).
 */
export class Session implements WebSocketLike {
  readonly #deps: SessionDeps;
  readonly #wire: Wire;
  readonly #name: string;
  readonly #identity: Identity;
  /** Tokens are looked at one after the other. */
  #shown: Promise<void> | null = null;
  /** Frames that came before the client was let in, and what they count for. */
  #early: { frame: Frame; bytes: Uint8Array }[] = [];
  #earlyBytes = 0;
  #core: ClientConnection | null = null;
  #connection: Connection | null = null;
  #room: Room | null = null;
  #stopWatching: () => void = () => {};
  #ended = false;
  /** Bytes of frames that are not dealt with: those that the core has, and tokens that are to be looked at. */
  #bytesInside = 0;
  #paused = false;
  #address: string | null = null;
  /** Whether the frames that waited for the document are through; until then the core hands updates over one by one. */
  #live = false;
  /** Appends by the buffer of the frame they came in. */
  readonly #appends = new WeakMap<ArrayBufferLike, Promise<void>>();
  readonly #turn = new Turn();
  readonly #rate: TokenBucket;
  readonly #backlog: Backlog;
  /** The clients that this connection has spoken for. */
  readonly #speaksFor = new Set<number>();
  readonly #cancelDeadline: () => void;

  constructor(deps: SessionDeps, client: Client) {
    const { clock, limits } = deps;
    this.#deps = deps;
    this.#wire = client.wire;
    this.#name = documentName(client.name);
    this.#identity = new Identity({ ...deps, document: client.name, headers: client.headers });
    this.#rate = new TokenBucket({ clock, perSecond: limits.maxFramesPerSecond });
    const slow = new Refusal('too_many', 'You read more slowly than this document changes.');
    this.#backlog = new Backlog({ clock, limits, wire: client.wire, onSlow: () => this.refuse(slow, 'slow') });
    const late = new Refusal('timed_out', 'You have not said who you are.');
    this.#cancelDeadline = clock.after(limits.authenticateMs, () => this.refuse(late, 'unauthenticated'));
  }

  /** Whether what the client sends is to be kept out of the document. */
  get readOnly(): boolean {
    return this.#identity.readOnly;
  }

  /** As whom the others see the client, once it has been let in. */
  get appearance(): Omit<PresentUser, 'color'> {
    return this.#identity.appearance;
  }

  get readyState(): number {
    return this.#wire.open && !this.#ended ? OPEN : CLOSED;
  }

  send(bytes: Parameters<WebSocketLike['send']>[0]): void {
    if (this.readyState === OPEN) this.#backlog.send(bytes as Uint8Array);
  }

  /** The core's way to end the connection; its own codes mean that it could not read a frame. */
  close(code?: number): void {
    if (code === undefined || code === NORMAL_CLOSURE) this.end(NORMAL_CLOSURE, 'closed');
    else if (code === ERRORS.timed_out.closeCode) this.refuse(new Refusal('timed_out', ERRORS.timed_out.title));
    else this.refuse(new Refusal('invalid_request', 'The frame cannot be read.'));
  }

  /** A frame from the client, in a buffer of its own. */
  receive(bytes: Uint8Array): void {
    if (this.#ended) return;
    try {
      const frame = this.#check(bytes);
      if (frame) this.#take(bytes, frame);
      else this.alive();
    } catch (error) {
      this.refuse(error);
    }
  }

  /**
   * What may be said of a frame before anything is done with it.
   * @returns null for keep-alive bytes
   * @throws Refusal
   */
  #check(bytes: Uint8Array): Frame | null {
    const { limits } = this.#deps;
    this.#countFrames(1);
    if (isKeepAlive(bytes)) return null;
    if (bytes.length > limits.maxFrameBytes)
      throw new Refusal('too_large', `The frame has ${bytes.length} bytes; at most ${limits.maxFrameBytes} are taken.`);
    const frame = readFrame(bytes);
    if (!frame) throw new Refusal('invalid_request', 'The frame cannot be read.');
    // One client, under one address: another would be a second connection that nobody counts.
    this.#address ??= frame.address;
    if (frame.document !== this.#name || frame.address !== this.#address)
      throw new Refusal('wrong_document', `This socket serves ${this.#name} and no other document.`);
    if (frame.token !== null && bytes.length > MAX_TOKEN_FRAME_BYTES)
      throw new Refusal(
        'too_large',
        `The token’s frame has ${bytes.length} bytes; at most ${MAX_TOKEN_FRAME_BYTES} are taken.`,
      );
    if (frame.asksForDocument) this.#countFrames(FULL_ANSWER_FRAMES);
    if (frame.presence) this.#checkPresence(frame.presence);
    return frame;
  }

  #countFrames(frames: number): void {
    if (this.#rate.take(frames)) return;
    const { maxFramesPerSecond } = this.#deps.limits;
    throw new Refusal('too_many', `More than ${maxFramesPerSecond} frames a second; go on more slowly.`);
  }

  #checkPresence({ bytes, clients }: NonNullable<Frame['presence']>): void {
    const { maxAwarenessBytes, maxAwarenessClients } = this.#deps.limits;
    if (bytes > maxAwarenessBytes)
      throw new Refusal('too_large', `The presence has ${bytes} bytes; at most ${maxAwarenessBytes} are taken.`);
    for (const client of clients) this.#speaksFor.add(client);
    if (this.#speaksFor.size > maxAwarenessClients)
      throw new Refusal('too_many', `One connection may speak for ${maxAwarenessClients} clients, not more.`);
  }

  #take(bytes: Uint8Array, frame: Frame): void {
    if (frame.token !== null) this.#show(frame.token, bytes);
    else if (this.#core) this.#pass(this.#core, bytes, frame);
    else this.#wait(bytes, frame);
  }

  /** What comes before the client was let in waits; how much may wait is bounded. */
  #wait(bytes: Uint8Array, frame: Frame): void {
    this.#early.push({ bytes, frame });
    this.#earlyBytes += bytes.length + FRAME_BYTES;
    const { maxBytesInFlight, maxFrameBytes } = this.#deps.limits;
    // Who has said it waits for us.
    if (this.#shown && this.#earlyBytes > maxBytesInFlight) this.#pause();
    else if (!this.#shown && this.#earlyBytes > maxFrameBytes)
      throw new Refusal('too_many', 'Too much came before it was clear who you are.');
  }

  #pass(core: ClientConnection, bytes: Uint8Array, { update }: Frame): void {
    if (update && this.#live && !this.readOnly) void this.#append(update);
    this.#hold(bytes);
    core.handleMessage(bytes);
  }

  #hold(bytes: Uint8Array): void {
    this.#bytesInside += bytes.length + FRAME_BYTES;
    if (this.#bytesInside > this.#deps.limits.maxBytesInFlight) this.#pause();
  }

  #pause(): void {
    this.#paused = true;
    this.#wire.pause();
  }

  #show(token: string, bytes: Uint8Array): void {
    // It is kept until its turn comes, however long those before it take.
    this.#hold(bytes);
    this.#shown = (this.#shown ?? Promise.resolve()).then(async () => {
      if (this.#ended) return;
      try {
        const changed = await this.#identity.show(token);
        if (this.#ended) return;
        if (changed) this.#comeAgain();
        if (!this.#core) this.#enter(bytes);
      } catch (error) {
        if (error instanceof Refusal && SHUT_OUT.has(error.code))
          this.send(new OutgoingMessage(this.#address!).writePermissionDenied('permission-denied').toUint8Array());
        this.refuse(error);
      } finally {
        this.handled(bytes.length);
      }
    });
  }

  #enter(bytes: Uint8Array): void {
    this.#cancelDeadline();
    this.#deps.onKnown(this);
    const core = this.#deps.enter(this, this.#identity.grant!.workspace);
    this.#core = core;
    // It answers at once, and asks us whether the client may write.
    core.handleMessage(bytes);
    for (const { bytes, frame } of this.#early.splice(0)) this.#pass(core, bytes, frame);
  }

  /** Whether a client writes is the core's to know from the start. */
  #comeAgain(): void {
    this.end(ERRORS.draining.closeCode, 'your role has changed', 'role');
  }

  /** It comes again at once, to the document as the journal has it now, and brings what that lacks (S48). */
  #historyChanged(): void {
    this.end(ERRORS.draining.closeCode, 'the database went back', 'history');
  }

  /** Looks whether the client's time is over, or nearly. */
  watchTime(): void {
    if (!this.#connection) return;
    try {
      if (this.#identity.watchTime(Date.now())) this.#connection.requestToken();
    } catch (error) {
      this.refuse(error);
    }
  }

  /**
   * Rights have changed: looks whether the client may still be here, as what it is (A11).
   * @throws Refusal `unavailable` when that cannot be told
   */
  async review(): Promise<void> {
    try {
      if (await this.#identity.review()) this.#comeAgain();
    } catch (error) {
      if (error instanceof Refusal && error.code === 'unavailable') throw error;
      this.refuse(error);
    }
  }

  /** A frame, which the core had or which showed a token, is dealt with. */
  handled(bytes: number): void {
    this.#bytesInside -= bytes + FRAME_BYTES;
    if (!this.#paused || this.#bytesInside > this.#deps.limits.maxBytesInFlight) return;
    this.#paused = false;
    this.#wire.resume();
  }

  /** The client has shown that it is there. */
  alive(): void {
    if (this.#core) this.#core.lastMessageReceivedAt = Date.now();
  }

  /** The core has loaded the document and lets frames through. */
  connected(room: Room, connection: Connection): void {
    this.#room = room;
    this.#connection = connection;
    connection.onClose((_document, event) => this.close(event?.code));
    const deleted = () => this.refuse(new Refusal('not_found', `${this.#name} was deleted.`), 'deleted');
    const { kind } = room.ref;
    const stopWatching = [onDeleted(room.document, kind, deleted), room.onSuperseded(() => this.#historyChanged())];
    this.#stopWatching = () => stopWatching.forEach((stop) => stop());
    if (room.superseded) this.#historyChanged();
    if (isDeleted(room.document, kind)) deleted();
    void connection.waitForPendingMessages().then(() => {
      this.#live = true;
    });
  }

  /** Awaited by the core before it applies a client's update; what it throws keeps the update out (S6). */
  async beforeUpdate(update: Uint8Array): Promise<void> {
    try {
      // Of who may not write the core acknowledges what says nothing new, and applies nothing.
      if (this.readOnly && !isKnown(this.#room!, update)) return;
      if (!this.readOnly) await (this.#appends.get(update.buffer) ?? this.#append(update));
    } catch (error) {
      this.refuse(error);
      throw error;
    }
    // It is in the document; what the core is about to apply is nothing.
    update.fill(0, 0, 2);
  }

  /**
   * Ends the connection with the close code of a refusal. Anything else that was thrown is a bug, and says so.
   * @param counted as what (S17), where the code does not tell enough
   */
  refuse(error: unknown, counted?: string): void {
    const code: ErrorCode = error instanceof Refusal ? error.code : 'internal';
    const reason = error instanceof Refusal ? error.message : ERRORS.internal.title;
    const { log } = this.#deps;
    if (code === 'internal') log.error({ err: error }, 'a session failed');
    if (SHUT_OUT.has(code)) {
      const { actor } = this.#identity;
      log.info({ component: 'audit', door: 'socket', document: this.#name, actor, code, reason }, 'refused');
    }
    this.end(ERRORS[code].closeCode, reason, counted ?? code);
  }

  end(closeCode: number, reason: string, counted = reason): void {
    if (this.#ended) return;
    this.#over();
    this.#deps.onEnd(counted);
    this.#wire.resume();
    this.#wire.close(closeCode, shorten(reason));
    // Not only when the client has closed it too: by then it may be at another pod, and this one would speak for it.
    this.#core?.handleClose({ code: closeCode, reason });
  }

  /** The WebSocket has closed, by whomever. */
  closed(code: number, reason: string): void {
    this.#over();
    this.#core?.handleClose({ code, reason });
  }

  #over(): void {
    this.#ended = true;
    this.#stopWatching();
    this.#backlog.stop();
    this.#cancelDeadline();
  }

  #append(view: Uint8Array): Promise<void> {
    const appended = this.#record(view);
    this.#appends.set(view.buffer, appended);
    // Whoever awaits it hears of it; until then nobody does.
    appended.catch(() => {});
    return appended;
  }

  async #record(view: Uint8Array): Promise<void> {
    const { actor } = this.#identity;
    if (!this.#room || !actor || this.readOnly) throw new Refusal('unauthorized', 'The document is not open yet.');
    await record(this.#deps, this.#room, { update: view.slice(), actor, turn: this.#turn });
  }
}
