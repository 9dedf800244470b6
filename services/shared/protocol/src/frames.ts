import * as z from 'zod';

/**
 * What pods send each other about a document. On the wire: four bytes that count the header's, the header as JSON, and
 * behind it the updates' bytes one after the other, as long as the header says.
 */
export type FanoutFrame =
  | {
      /** Rows of one document that this pod has committed together, in their order. */
      type: 'edit:v2';
      pod: string;
      /** The first row's number; the others' follow. */
      seq: number;
      /** The commit's, which all of its rows have. */
      nonce: number;
      /** The nonce of the row before the first. */
      previous: number;
      rows: { actor: string; update: Uint8Array }[];
    }
  | {
      /** Who is there, as an awareness update says it, and which clients are gone: updates leave them out. */
      type: 'awareness:v1';
      pod: string;
      update: Uint8Array;
      removed: number[];
    }
  | {
      /** Asks the other pods who is there. */
      type: 'awareness-query:v1';
      pod: string;
    };

const LENGTH_BYTES = 4;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

const count = z.int().nonnegative();

const headerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('edit:v2'),
    pod: z.string(),
    seq: count,
    nonce: count,
    previous: count,
    /** Actor and length of each row. */
    rows: z.array(z.tuple([z.string(), count])),
  }),
  z.strictObject({
    type: z.literal('awareness:v1'),
    pod: z.string(),
    removed: z.array(count),
    length: count,
  }),
  z.strictObject({ type: z.literal('awareness-query:v1'), pod: z.string() }),
]);
type Header = z.infer<typeof headerSchema>;

export function encodeFrame(frame: FanoutFrame): Uint8Array {
  const head = encoder.encode(JSON.stringify(headerOf(frame)));
  const updates = updatesOf(frame);
  const bytes = new Uint8Array(updates.reduce((sum, update) => sum + update.length, LENGTH_BYTES + head.length));
  new DataView(bytes.buffer).setUint32(0, head.length);
  bytes.set(head, LENGTH_BYTES);
  let at = LENGTH_BYTES + head.length;
  for (const update of updates) {
    bytes.set(update, at);
    at += update.length;
  }
  return bytes;
}

/**
 * Reads {@link encodeFrame}. Updates are views of `bytes`, not copies.
 * @returns null for what is malformed, or of a type that this version does not know
 */
export function decodeFrame(bytes: Uint8Array): FanoutFrame | null {
  if (bytes.length < LENGTH_BYTES) return null;
  const body = LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const header = body > bytes.length ? null : readHeader(bytes.subarray(LENGTH_BYTES, body));
  if (!header) return null;
  const updates = cut(bytes.subarray(body), lengthsOf(header));
  return updates && frameOf(header, updates);
}

function headerOf(frame: FanoutFrame): Header {
  const { type, pod } = frame;
  if (type === 'edit:v2') {
    const { seq, nonce, previous, rows } = frame;
    return { type, pod, seq, nonce, previous, rows: rows.map((row) => [row.actor, row.update.length]) };
  }
  if (type === 'awareness:v1') return { type, pod, removed: frame.removed, length: frame.update.length };
  return { type, pod };
}

function updatesOf(frame: FanoutFrame): Uint8Array[] {
  if (frame.type === 'edit:v2') return frame.rows.map((row) => row.update);
  return frame.type === 'awareness:v1' ? [frame.update] : [];
}

function lengthsOf(header: Header): number[] {
  if (header.type === 'edit:v2') return header.rows.map((row) => row[1]);
  return header.type === 'awareness:v1' ? [header.length] : [];
}

function frameOf(header: Header, updates: Uint8Array[]): FanoutFrame {
  const { type, pod } = header;
  if (type === 'edit:v2') {
    const { seq, nonce, previous } = header;
    return { type, pod, seq, nonce, previous, rows: header.rows.map(([actor], n) => ({ actor, update: updates[n]! })) };
  }
  if (type === 'awareness:v1') return { type, pod, update: updates[0]!, removed: header.removed };
  return header;
}

function readHeader(bytes: Uint8Array): Header | null {
  try {
    return headerSchema.safeParse(JSON.parse(decoder.decode(bytes))).data ?? null;
  } catch {
    // No JSON: then it is no frame either.
    return null;
  }
}

/** Pieces of these lengths, which must make up all of `bytes`. */
function cut(bytes: Uint8Array, lengths: number[]): Uint8Array[] | null {
  let end = 0;
  const pieces = lengths.map((length) => bytes.subarray(end, (end += length)));
  return end === bytes.length ? pieces : null;
}
