/**
 * What lies in a Redis message: who sent it, and a frame or the word that frames of the sender were lost.
 *
 *     1 byte   what it is
 *     1 byte   length of the pod's id
 *     …        the pod's id, ASCII
 *     …        the frame
 */
export interface RedisMessage {
  pod: string;
  /** Null: the sender could not send some of its frames. */
  frame: Uint8Array | null;
}

const FRAME = 1;
const LOST = 2;

/** A pod's id must fit one byte's length. */
export const MAX_POD_ID_BYTES = 255;

export function encodeRedisMessage({ pod, frame }: RedisMessage): Buffer {
  const id = Buffer.from(pod);
  return Buffer.concat([Buffer.of(frame ? FRAME : LOST, id.length), id, frame ?? new Uint8Array()]);
}

/** @returns null for what no pod has sent, or one of a later version */
export function decodeRedisMessage(bytes: Uint8Array): RedisMessage | null {
  const [kind, length] = bytes;
  if ((kind !== FRAME && kind !== LOST) || length === undefined || bytes.length < 2 + length) return null;
  const pod = Buffer.from(bytes.subarray(2, 2 + length)).toString();
  return { pod, frame: kind === FRAME ? bytes.subarray(2 + length) : null };
}
