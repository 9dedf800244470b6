import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';

const SYNC = 0;
const AUTH = 2;
const SYNC_STATUS = 8;
const PING = 9;
const PONG = 10;
const PERMISSION_DENIED = 1;
const VERSION = '4.8.0';

export interface WireClientOptions {
  /** Where documents are; the name follows. */
  url: string;
  name: string;
  /** As the provider's option of that name; 0 sends at once. */
  flushDelayMs: number;
}

/**
 * A client that speaks the provider's protocol with as little work as it takes, because a thousand of them share the
 * machine with the servers that are measured. It holds a real Y.Doc; it has no presence and does not reconnect.
 */
export class WireClient {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText('load');
  /** Resolves with the milliseconds that it took. */
  readonly synced: Promise<number>;
  /** Called for each edit that is acknowledged, with its age. */
  onAck: (ms: number) => void = () => {};
  /** Why the server ended it, if it did. */
  ended: string | null = null;
  readonly #options: WireClientOptions;
  readonly #ws: WebSocket;
  /** When each frame that waits for its acknowledgement was typed; NaN for the handshake's. */
  readonly #unacknowledged: number[] = [];
  #waiting: { updates: Uint8Array[]; since: number } | null = null;
  #onSynced = () => {};

  constructor(options: WireClientOptions) {
    this.#options = options;
    const began = performance.now();
    this.#ws = new WebSocket(options.url + options.name, { perMessageDeflate: false, skipUTF8Validation: true });
    this.synced = new Promise((resolve, reject) => {
      this.#onSynced = () => resolve(performance.now() - began);
      this.#ws.on('error', (error) => (this.ended = error.message));
      this.#ws.on('close', (code) => {
        this.ended ??= `closed with ${code}`;
        reject(new Error(`${options.name}: ${this.ended}`));
      });
    });
    // Whoever awaits it hears of it; a client that is lost later is counted by `ended`.
    this.synced.catch(() => {});
    this.#ws.on('open', () => this.#hello());
    this.#ws.on('message', (data) => this.#receive(data as Buffer));
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#typed(update);
    });
  }

  get unacknowledged(): number {
    return this.#unacknowledged.length + (this.#waiting ? 1 : 0);
  }

  close(): void {
    this.#ws.removeAllListeners('close');
    this.#ws.terminate();
  }

  #hello(): void {
    this.#send((encoder) => {
      encoding.writeVarUint(encoder, AUTH);
      encoding.writeVarUint(encoder, 0);
      encoding.writeVarString(encoder, '');
      encoding.writeVarString(encoder, VERSION);
    });
    this.#send((encoder) => {
      encoding.writeVarUint(encoder, SYNC);
      syncProtocol.writeSyncStep1(encoder, this.doc);
    });
  }

  #typed(update: Uint8Array): void {
    if (!this.#options.flushDelayMs) return this.#sendUpdate(update, performance.now());
    if (this.#waiting) this.#waiting.updates.push(update);
    else {
      this.#waiting = { updates: [update], since: performance.now() };
      setTimeout(() => this.#flush(), this.#options.flushDelayMs);
    }
  }

  #flush(): void {
    const { updates, since } = this.#waiting!;
    this.#waiting = null;
    this.#sendUpdate(updates.length === 1 ? updates[0]! : Y.mergeUpdates(updates), since);
  }

  #sendUpdate(update: Uint8Array, since: number): void {
    this.#unacknowledged.push(since);
    this.#send((encoder) => {
      encoding.writeVarUint(encoder, SYNC);
      syncProtocol.writeUpdate(encoder, update);
    });
  }

  #receive(data: Buffer): void {
    if (data.length === 1 && data[0] === PING) {
      this.#ws.send(Uint8Array.of(PONG));
      return;
    }
    const decoder = decoding.createDecoder(data);
    decoding.readVarString(decoder);
    const type = decoding.readVarUint(decoder);
    if (type === SYNC) this.#receiveSync(decoder);
    else if (type === SYNC_STATUS) this.#acknowledged(decoding.readVarUint(decoder) === 1);
    else if (type === AUTH && decoding.readVarUint(decoder) === PERMISSION_DENIED) this.ended = 'permission denied';
  }

  #receiveSync(decoder: decoding.Decoder): void {
    const kind = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder);
    if (kind !== syncProtocol.messageYjsSyncStep1) {
      Y.applyUpdate(this.doc, payload, this);
      if (kind === syncProtocol.messageYjsSyncStep2) this.#onSynced();
      return;
    }
    this.#unacknowledged.push(Number.NaN);
    this.#send((encoder) => {
      encoding.writeVarUint(encoder, SYNC);
      syncProtocol.writeSyncStep2(encoder, this.doc, payload);
    });
  }

  #acknowledged(taken: boolean): void {
    const since = this.#unacknowledged.shift();
    if (!taken) this.ended = 'an edit was refused';
    if (since !== undefined && !Number.isNaN(since)) this.onAck(performance.now() - since);
  }

  #send(write: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarString(encoder, this.#options.name);
    write(encoder);
    this.#ws.send(encoding.toUint8Array(encoder));
  }
}
