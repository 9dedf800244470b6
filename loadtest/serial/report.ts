import type { Kills } from './killer.ts';
import type { Tally } from './round.ts';

/** One run of one commit. */
export interface Run {
  date: string;
  commit: string;
  tally: Tally;
  killed: Kills;
  contradictions: number;
  minutes: number;
}

/** The report of one or several runs in Markdown, with what they come to. */
export function report(runs: readonly Run[]): string {
  const rows = runs.map((run) => ({ name: [run.date, run.commit], counts: countsOf(run) }));
  const sums = rows[0]!.counts.map((_, column) => rows.reduce((sum, { counts }) => sum + counts[column]!, 0));
  return [
    '| | Commit | Commands | refused | sent again | unanswered | Pods killed | gateways | Redis | NATS | Postgres | Contradictions | Minutes |',
    '| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |',
    ...rows.map(({ name, counts }) => line(name, counts)),
    line(['all', ''], sums),
  ].join('\n');
}

function countsOf({ tally, killed, contradictions, minutes }: Run): number[] {
  const { commands, refused, sentAgain, unanswered } = tally;
  const { pod, gateway, redis, nats, postgres } = killed;
  return [commands, refused, sentAgain, unanswered, pod, gateway, redis, nats, postgres, contradictions, minutes];
}

function line(name: readonly string[], counts: readonly number[]): string {
  return `| ${[...name, ...counts.map((count) => count.toLocaleString('en'))].join(' | ')} |`;
}
