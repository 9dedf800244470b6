import type { Chance } from '../../../services/sync/sim/random.ts';

/** Where to type a word: at the beginning or before another, for one that others cut in two would look lost. */
export function placeFor(text: string, chance: Chance): number {
  const starts = [...text.matchAll(/\(/g)].map(({ index }) => index);
  return starts.length ? chance.pick(starts) : 0;
}
