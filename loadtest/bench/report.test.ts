import { describe, expect, it } from 'vitest';
import { judge, report } from './report.ts';
import { median, quantile } from './statistics.ts';

const circumstances = {
  date: 'today',
  commit: 'abc',
  machine: '2 cores',
  versions: 'Node 24',
  rounds: 1,
  quick: false,
};
const row = { runs: 'pair', number: 'p50', title: 'edit', unit: 'ms' } as const;

describe('the bench’s statistics', () => {
  it('takes quantiles and medians, and says when there is nothing to take', () => {
    expect([quantile([3, 1, 2], 0.5), quantile([1, 2, 3], 0.99), quantile([5], 1)]).toEqual([2, 3, 5]);
    expect([median([9, 1, 2]), median([1, 2]), median([Number.NaN, 7])]).toEqual([2, 1.5, 7]);
    expect([quantile([], 0.5), median([])]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('the bench’s report', () => {
  it('judges a goal only when both of its numbers are there', () => {
    expect(judge({ ...row, timesStock: 2 }, 1, 2).verdict).toBe('met');
    expect(judge({ ...row, timesStock: 2 }, 1, 2.1).verdict).toBe('**missed**');
    expect(judge({ ...row, timesStock: 2 }, Number.NaN, 2).verdict).toBe('unknown');
    expect(judge({ ...row, atMost: 3 }, Number.NaN, Number.NaN).verdict).toBe('unknown');
    expect(judge(row, 1, 9).verdict).toBe('');
  });

  it('believes no number of a round that lost edits', () => {
    const good = { numbers: { p50: 1 }, problems: [] };
    const bad = { numbers: { p50: 0.1 }, problems: ['3 edits were never seen'] };
    const text = report(
      new Map([
        ['pair stock', [good]],
        ['pair syncline', [bad, { numbers: { p50: 1.5 }, problems: [] }]],
      ]),
      circumstances,
    );
    expect(text).toContain('| 1.50 ms | 1.50× | ≤ 1.7× | met |');
    expect(text).toContain('- pair syncline, round 1: 3 edits were never seen');
  });
});
