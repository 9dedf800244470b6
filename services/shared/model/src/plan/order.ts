/**
 * Orders of steps: fractional indexes, so that two people who add or move steps at the same time both get their way.
 *
 * Two peers can make equal keys, and a hostile one any string. Between such keys nothing fits, so the ones in the way
 * are given new keys, as few as it takes.
 */
import { generateNKeysBetween } from 'fractional-indexing';
import { Refusal } from '@syncline/protocol';
import type { StepEntry } from './step-entry.ts';

export interface NewOrders {
  /** The key of what is placed, */
  order: string;
  /** and new keys of those whose own were in the way. */
  others: { entry: StepEntry; order: string }[];
}

/**
 * The key that places something behind `after`.
 * @param entries the steps in order, without the one that is placed
 * @param after a step's id; null for the first place
 */
export function orderAfter(entries: readonly StepEntry[], after: string | null): NewOrders {
  const index = after === null ? 0 : entries.findIndex((entry) => entry.id === after) + 1;
  if (after !== null && index === 0) throw new Refusal('not_found', `after: the plan has no step "${after}".`);
  const lower = entries[index - 1]?.order ?? null;
  if (lower === null || isKey(lower)) {
    const upper = entries.slice(index).find(({ order }) => isKey(order) && (lower === null || order > lower));
    const inTheWay = entries.slice(index, upper ? entries.indexOf(upper) : entries.length);
    const keys = keysBetween(lower, upper?.order ?? null, inTheWay.length + 1);
    if (keys) return { order: keys[0]!, others: inTheWay.map((entry, n) => ({ entry, order: keys[n + 1]! })) };
  }
  const orders = generateNKeysBetween(null, null, entries.length + 1);
  const others = entries.map((entry, n) => ({ entry, order: orders[n < index ? n : n + 1]! }));
  return { order: orders[index]!, others };
}

/** Whether a string is a key that others can be made next to. */
function isKey(order: string): boolean {
  return /^[A-Za-z][0-9A-Za-z]*$/.test(order) && keysBetween(order, null, 1) !== null;
}

/** Null where the library finds no room: at the ends of its range, which only a hostile peer reaches. */
function keysBetween(lower: string | null, upper: string | null, count: number): string[] | null {
  try {
    return generateNKeysBetween(lower, upper, count);
  } catch {
    return null;
  }
}
