import { afterEach, expect, it } from 'vitest';
import { MODES, Neighbours } from './neighbours.ts';

const SEED = 20_261_127;
const ROUNDS = 5;

let neighbours: Neighbours | undefined;
afterEach(() => neighbours?.stop());

it.each(MODES)(
  '[B19] of two installations on one Redis and NATS, none sees anything of the other while processes of both are killed (%s)',
  async (mode) => {
    neighbours = await Neighbours.start({ seed: SEED, mode });
    for (let n = 0; n < ROUNDS; n++)
      expect((await neighbours.round()).flatMap(({ violations }) => violations)).toEqual([]);
    for (const { documents } of neighbours.all) {
      const shown = documents.flatMap(({ history }) => [...history.shown.own]);
      // Else nothing was looked at: reads show edits and commands, presence shows people.
      for (const how of ['e', 'c', 'p']) expect(shown.some((marker) => marker.startsWith(`(${how}-`))).toBe(true);
    }
  },
  300_000,
);
