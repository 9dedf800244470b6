import { MessageType } from '@hocuspocus/server';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/** A frame of the Hocuspocus protocol, as far as the pod looks into it before the core does. */
export interface Frame {
  /** As it is written: the document's name and, of a provider that shares its socket, a session's id after a NUL. */
  address: string;
  /** The document that the frame is addressed to. */
  document: string;
  type: number;
  /** The update that it carries, a view into the frame; null for frames without one. */
  update: Uint8Array | null;
  /** Whether it asks for all that its sender lacks, which takes an encoding of the document. */
  asksForDocument: boolean;
  /** What an awareness frame says: in how many bytes, and of whom that they are there. */
  presence: { bytes: number; clients: number[] } | null;
  /** What an Auth frame shows. */
  token: string | null;
}

const SYNC_STEP_1 = 0;
const SYNC_UPDATE = 2;
/** Far beyond what counts up from 0. Pods make clocks newer, and a number above 2^53 can be read by nobody. */
const MAX_CLOCK = 2 ** 48;
/** The one kind of Auth frame that comes from clients. */
const TOKEN = 0;

const FROM_CLIENTS: ReadonlySet<number> = new Set([
  MessageType.Sync,
  MessageType.SyncReply,
  MessageType.Awareness,
  MessageType.Auth,
  MessageType.QueryAwareness,
  MessageType.CLOSE,
]);

/** @returns null when it is no frame that a client may send */
export function readFrame(bytes: Uint8Array): Frame | null {
  try {
    const decoder = decoding.createDecoder(bytes);
    const address = decoding.readVarString(decoder);
    const document = address.split('\0', 1)[0]!;
    const type = decoding.readVarUint(decoder);
    if (!FROM_CLIENTS.has(type)) return null;
    const sync = isSync(type) ? readSync(decoder) : null;
    const frame: Frame = {
      address,
      document,
      type,
      update: sync?.update ?? null,
      asksForDocument: sync?.step === SYNC_STEP_1,
      presence: type === MessageType.Awareness ? readPresence(decoder) : null,
      token: type === MessageType.Auth ? readToken(decoder) : null,
    };
    // What lies behind is not understood, and must not be answered as if it had been.
    return decoding.hasContent(decoder) ? null : frame;
  } catch {
    // Whatever ends too early, is no number or is none of what clients say; all of it is malformed.
    return null;
  }
}

/** Keep-alive bytes that providers send outside of any document. */
export function isKeepAlive(bytes: Uint8Array): boolean {
  return bytes.length === 1 && (bytes[0] === MessageType.Ping || bytes[0] === MessageType.Pong);
}

function isSync(type: number): boolean {
  return type === MessageType.Sync || type === MessageType.SyncReply;
}

/** @throws when it is no step of the protocol: what it carries must not be stored either */
function readSync(decoder: decoding.Decoder): { step: number; update: Uint8Array | null } {
  const step = decoding.readVarUint(decoder);
  if (step > SYNC_UPDATE) throw new TypeError('no such step');
  const payload = decoding.readVarUint8Array(decoder);
  return { step, update: step === SYNC_STEP_1 ? null : payload };
}

/** @throws when the frame shows none */
function readToken(decoder: decoding.Decoder): string {
  if (decoding.readVarUint(decoder) !== TOKEN) throw new TypeError('no token');
  const token = decoding.readVarString(decoder);
  // Newer providers say their version.
  if (decoding.hasContent(decoder)) decoding.readVarString(decoder);
  return token;
}

function readPresence(decoder: decoding.Decoder): NonNullable<Frame['presence']> {
  const payload = decoding.readVarUint8Array(decoder);
  const states = statesIn(payload);
  if (!states.every(({ clock }) => isClock(clock))) throw new RangeError('no clock stands there');
  return { bytes: payload.length, clients: states.flatMap(({ client, state }) => (state === 'null' ? [] : [client])) };
}

/** Whether a client's clock may stand there. */
export function isClock(clock: number): boolean {
  return clock <= MAX_CLOCK;
}

/** What an awareness update says of one client, as JSON; of one who is gone that is `null`. */
export interface Said {
  client: number;
  clock: number;
  state: string;
}

/** @throws when it is no awareness update */
export function statesIn(update: Uint8Array): Said[] {
  const decoder = decoding.createDecoder(update);
  const states: Said[] = [];
  // Not by the length that it claims: memory is taken only for what is there.
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    states.push({ client, clock, state: decoding.readVarString(decoder) });
  }
  return states;
}

/** An awareness update that says this; the reverse of {@link statesIn}. */
export function encodeStates(states: Said[]): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, states.length);
  for (const { client, clock, state } of states) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, state);
  }
  return encoding.toUint8Array(encoder);
}
