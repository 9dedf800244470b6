import { expect, it } from 'vitest';
import { ratio, report } from './report.ts';

const keys = (ms: number, slowest: number) => [...Array.from({ length: 94 }, () => ms), ...Array(6).fill(slowest)];

it('compares the slow keys of a round, not its usual ones', () => {
  expect(ratio({ base: keys(10, 20), present: keys(5, 30) })).toBe(1.5);
});

it('goes by the median of the rounds, and says when it is above the limit', () => {
  const rounds = [1, 3, 1.2].map((times) => ({ base: keys(1, 10), present: keys(1, 10 * times) }));
  expect(report(rounds, '2807249', 1.2)).toMatchObject({ met: true });
  const missed = report(rounds, '2807249', 1.1);
  expect(missed.met).toBe(false);
  expect(missed.text).toContain('| 2 | 1.0 ms | 10.0 ms | 1.0 ms | 30.0 ms | 3.00× |');
  expect(missed.text).toContain('median of 3 rounds: 1.20×, goal ≤ 1.1×: **missed**');
});
