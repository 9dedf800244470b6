import type { Random } from '@syncline/runtime';

/** Chance out of a seed: the same seed gives the same numbers, on every machine. */
export interface Chance {
  /** A number in [0, 1). */
  next: Random;
  /** A whole number from 0 up to, and without, `below`. */
  int(below: number): number;
  /** A number between the two. */
  between(low: number, high: number): number;
  /** True in `share` of the cases. */
  hits(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Chance of its own, so that what one part draws does not shift what another draws. */
  fork(label: string): Chance;
}

export function createChance(seed: number): Chance {
  const next = sfc32(seed);
  return {
    next,
    int: (below) => Math.floor(next() * below),
    between: (low, high) => low + next() * (high - low),
    hits: (share) => next() < share,
    pick: (list) => list[Math.floor(next() * list.length)]!,
    fork: (label) => createChance(hash(label, seed)),
  };
}

/** A 32-bit FNV-1a, begun at `from`. */
export function hash(text: string, from: number): number {
  let value = (from ^ 0x811c9dc5) >>> 0;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return value;
}

/** Chris Doty-Humphrey's small fast counting generator. */
function sfc32(seed: number): Random {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, (seed ^ 0xdeadbeef) | 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  // Seeds that are near each other begin alike.
  for (let round = 0; round < 12; round++) next();
  return next;
}
