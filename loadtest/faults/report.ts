import { quantile } from '../bench/statistics.ts';
import { addUp, type Run, type Tally } from './totals.ts';

const NAMES = {
  pod: 'a pod',
  gateway: 'a gateway',
  redis: 'Redis',
  nats: 'NATS',
  postgres: 'Postgres',
  failover: 'Postgres, for an older copy',
} as const;

/** The report of one or several runs in Markdown. */
export function report(runs: readonly Run[], machine: string): string {
  const { kinds, all } = addUp(runs);
  const dates = [...new Set(runs.map(({ date }) => date))].toSorted();
  const commits = [...new Set(runs.map(({ commit }) => commit))];
  const when = dates.length > 1 ? `${dates[0]} to ${dates.at(-1)}` : dates[0];
  return [
    `${several(all.rounds, 'round')} in ${several(runs.length, 'run')}, ${when}, ` +
      `${commits.length === 1 ? 'commit' : 'commits'} ${commits.join(', ')}, on ${machine}.`,
    '',
    '| Killed | rounds | edits acknowledged | lost | commands answered | sent again | lost | doubled | unequal | equal again p50 | p99 |',
    '| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |',
    ...kinds.map(([kind, tally]) => line(NAMES[kind], tally)),
    line('all', all),
  ].join('\n');
}

function line(name: string, tally: Tally): string {
  const { rounds, edits, editsLost, commands, retried, commandsLost, doubled, unequal, convergeMs } = tally;
  const times = Object.entries(convergeMs).flatMap(([ms, times]) => Array.from({ length: times }, () => Number(ms)));
  const counts = [rounds, edits, editsLost, commands, retried, commandsLost, doubled, unequal].map(number);
  return `| ${[name, ...counts, ...[0.5, 0.99].map((share) => `${number(quantile(times, share))} ms`)].join(' | ')} |`;
}

function several(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
