import { expect, it } from 'vitest';
import { runSeeds, sweep } from './spawn.ts';

/** A minute of two cores; `node services/sync/sim/run.ts --seeds N` does more. */
const SEEDS = 1_000;

it(`${SEEDS} worlds, each by its seed, keep every promise`, async () => {
  const failures = await sweep(1, SEEDS);
  const [, seed] = /seed (\d+) fails/.exec(failures.join()) ?? [];
  const schedule = seed ? (await runSeeds(['--seed', seed, '--verbose'])).output : '';
  expect(failures.join('\n') + schedule).toBe('');
}, 600_000);

it('the same seed makes the same world', async () => {
  const digests = await Promise.all([1, 2].map(async () => (await runSeeds(['--seed', '4711', '--verbose'])).output));
  expect(withoutTimes(digests[0]!)).toBe(withoutTimes(digests[1]!));
  expect(digests[0]).toMatch(/digest [0-9a-f]{16}/);
}, 30_000);

/** How long it took is the machine's business. */
function withoutTimes(output: string): string {
  return output.replace(/[\d.]+ ms each/, '');
}
