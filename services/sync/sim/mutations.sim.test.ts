import { expect, it } from 'vitest';
import { mutations, plant } from './plant.ts';
import { runSeeds } from './spawn.ts';

/** A bug must be found within so many seeds. A sweep that passes has missed it, and is itself the failure. */
const SEEDS = 600;

it.concurrent.each(await mutations())(
  'finds %s',
  async (mutation) => {
    const { services, remove } = await plant(mutation);
    try {
      const { passed, output } = await runSeeds(['--seeds', String(SEEDS), '--first'], services);
      expect(passed ? `${SEEDS} seeds did not find it` : output).toMatch(/^seed \d+ fails: [SJ]\d+: /);
    } finally {
      await remove();
    }
  },
  120_000,
);
