import { median, quantile } from '../statistics.ts';

/** What was measured of both versions in one round: milliseconds from each key to its paint. */
export interface TypingRound {
  base: readonly number[];
  present: readonly number[];
}

/** The p95 of the present version by that of the other, in one round. */
export function ratio({ base, present }: TypingRound): number {
  return quantile(present, 0.95) / quantile(base, 0.95);
}

/** The table in Markdown, and whether the median of the rounds' ratios is within the limit. */
export function report(rounds: readonly TypingRound[], base: string, limit: number): { text: string; met: boolean } {
  const times = (values: readonly number[]) => [0.5, 0.95].map((share) => `${quantile(values, share).toFixed(1)} ms`);
  const lines = rounds.map((round, n) =>
    [`| ${n + 1}`, ...times(round.base), ...times(round.present), `${ratio(round).toFixed(2)}× |`].join(' | '),
  );
  const middle = median(rounds.map(ratio));
  const met = middle <= limit;
  const verdict = `p95 / p95, median of ${rounds.length} rounds: ${middle.toFixed(2)}×, goal ≤ ${limit}×: ${met ? 'met' : '**missed**'}`;
  const head = `| Round | ${base} p50 | ${base} p95 | present p50 | present p95 | p95 / p95 |`;
  return { text: [head, '| --- | --- | --- | --- | --- | --- |', ...lines, '', verdict].join('\n'), met };
}
