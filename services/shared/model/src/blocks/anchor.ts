/**
 * Anchors: the short names under which Markdown shows blocks and edits address them.
 *
 * An anchor is a prefix of the base-36 digits of SHA-256 over the block's id (least significant digit first), five
 * digits long, and in a document as much longer as it takes to be the only one (M8). It says nothing about the block's
 * place or text, so it lives as long as the block's id.
 */
import { digest } from 'lib0/hash/sha256';

const SHORTEST = 5;
const DIGITS = 40;
const CACHE_SIZE = 20_000;

const encoder = new TextEncoder();
const cache = new Map<string, string>();

/** All the digits that an anchor of this block may show. */
export function anchorDigits(blockId: string): string {
  const known = cache.get(blockId);
  if (known !== undefined) return known;
  let rest = 0n;
  for (const byte of digest(encoder.encode(blockId))) rest = (rest << 8n) | BigInt(byte);
  const digits = rest.toString(36).padStart(50, '0').split('').toReversed().join('').slice(0, DIGITS);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(blockId, digits);
  return digits;
}

/** The anchor of a block wherever no other block collides with it: five base-36 characters of its id's SHA-256. */
export function anchorOf(blockId: string): string {
  return anchorDigits(blockId).slice(0, SHORTEST);
}

/**
 * The anchors of a document's blocks.
 * @returns block id → anchor; no anchor is the beginning of another block's digits
 */
export function anchorsOf(blockIds: Iterable<string>): Map<string, string> {
  const anchors = new Map<string, string>();
  let pending = [...new Set(blockIds)];
  for (let length = SHORTEST; pending.length > 0; length++) {
    const groups = Map.groupBy(pending, (id) => anchorDigits(id).slice(0, length));
    pending = [];
    for (const [anchor, ids] of groups) {
      if (ids.length === 1 || length >= DIGITS) for (const id of ids) anchors.set(id, anchor);
      else pending.push(...ids);
    }
  }
  return anchors;
}

/** Whether a reference could be this block's anchor: at least five digits, and a beginning of the block's. */
export function isAnchorOf(reference: string, blockId: string): boolean {
  return reference.length >= SHORTEST && anchorDigits(blockId).startsWith(reference);
}
