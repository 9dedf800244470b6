import { MessageType } from '@hocuspocus/server';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { encodeStates, type Said } from '../src/edits/frame.ts';

/** The stock provider's frames, as bytes: it is not used itself because its timers and sockets are the system's. */

export type Parsed =
  | { type: 'step1'; vector: Uint8Array }
  | { type: 'update'; update: Uint8Array; answer: boolean }
  | { type: 'status'; ok: boolean }
  | { type: 'awareness'; update: Uint8Array }
  | { type: 'denied'; reason: string }
  | { type: 'other' };

const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
const TOKEN = 0;
const PERMISSION_DENIED = 1;

export function parse(bytes: Uint8Array): Parsed {
  const decoder = decoding.createDecoder(bytes);
  decoding.readVarString(decoder);
  const type: MessageType = decoding.readVarUint(decoder);
  if (type === MessageType.Sync || type === MessageType.SyncReply) {
    const step = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder).slice();
    return step === STEP_1
      ? { type: 'step1', vector: payload }
      : { type: 'update', update: payload, answer: step === STEP_2 };
  }
  if (type === MessageType.SyncStatus) return { type: 'status', ok: decoding.readVarInt(decoder) === 1 };
  if (type === MessageType.Awareness) return { type: 'awareness', update: decoding.readVarUint8Array(decoder) };
  if (type === MessageType.Auth && decoding.readVarUint(decoder) === PERMISSION_DENIED)
    return { type: 'denied', reason: decoding.readVarString(decoder) };
  return { type: 'other' };
}

export const frames = {
  auth: (name: string, token: string) =>
    frame(name, MessageType.Auth, (encoder) => {
      encoding.writeVarUint(encoder, TOKEN);
      encoding.writeVarString(encoder, token);
      encoding.writeVarString(encoder, '4.8.0');
    }),
  step1: (name: string, document: Y.Doc) => sync(name, STEP_1, Y.encodeStateVector(document)),
  step2: (name: string, document: Y.Doc, vector: Uint8Array) =>
    sync(name, STEP_2, Y.encodeStateAsUpdate(document, vector)),
  update: (name: string, update: Uint8Array) => sync(name, UPDATE, update),
  awareness: (name: string, awareness: Awareness, clients: number[]) =>
    frame(name, MessageType.Awareness, (encoder) =>
      encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, clients)),
    ),
};

export function sync(name: string, step: number, payload: Uint8Array): Uint8Array {
  return frame(name, MessageType.Sync, (encoder) => {
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, payload);
  });
}

/** What an awareness frame says of clients, right or wrong. */
export function presenceFrame(name: string, states: Said[]): Uint8Array {
  return frame(name, MessageType.Awareness, (encoder) => encoding.writeVarUint8Array(encoder, encodeStates(states)));
}

/** Whatever `write` puts behind the name and the type. */
export function frame(name: string, type: number, write: (encoder: encoding.Encoder) => void = () => {}): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, name);
  encoding.writeVarUint(encoder, type);
  write(encoder);
  return encoding.toUint8Array(encoder);
}
