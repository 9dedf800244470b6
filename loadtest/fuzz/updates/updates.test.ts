import { expect, it } from 'vitest';
import { run } from './run.ts';

const SEED = 20_261_128;

it(`[S52] acknowledges an update if and only if the journal has what it says (seed ${SEED})`, async () => {
  const { tally, violations } = await run({ updates: 2_000, seed: SEED });
  expect(violations).toEqual([]);
  // Of those that may be either, some are.
  expect(tally.get('flipped bits')!.acknowledged).toBeGreaterThan(20);
  expect(tally.get('flipped bits')!.refused).toBeGreaterThan(20);
});
