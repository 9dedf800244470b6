import { PLAN, type Row, ROWS } from './plan.ts';
import { median } from './statistics.ts';
import type { Measurement } from './swarm/workload.ts';
import type { TargetName } from './targets.ts';

/** All measurements, by the run's name in the plan. */
export type Results = ReadonlyMap<string, readonly Measurement[]>;

/** What the numbers were measured on and with. */
export interface Circumstances {
  date: string;
  commit: string;
  machine: string;
  versions: string;
  rounds: number;
  quick: boolean;
}

const DASH = '–';

/** The report in Markdown. A round in which a target lost, diverged or fell out gives that target no numbers. */
export function report(results: Results, circumstances: Circumstances): string {
  const { date, commit, machine, versions, rounds, quick } = circumstances;
  const lines = ROWS.filter((row) => has(results, row)).map((row) => line(results, row));
  const problems = [...results].flatMap(([run, all]) =>
    all.flatMap((one, round) => one.problems.map((problem) => `- ${run}, round ${round + 1}: ${problem}`)),
  );
  return [
    `Measured ${date}, commit ${commit}, on ${machine}; ${versions}.`,
    `Medians of ${rounds} interleaved ${rounds === 1 ? 'round' : 'rounds'}${quick ? ', quick mode: not for quoting' : ''}.`,
    '',
    '| What | bare relay | stock ×2 | Syncline ×2 | Syncline / stock | goal | |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
    problems.length
      ? 'Rounds that do not count:'
      : 'No round lost an edit, and all clients ended with equal documents.',
    '',
    ...problems,
  ]
    .join('\n')
    .trimEnd();
}

function line(results: Results, row: Row): string {
  const [relay, stock, syncline] = (['relay', 'stock', 'syncline'] as const).map((target) =>
    value(results, row, target),
  ) as [number, number, number];
  const { verdict, goal } = judge(row, stock, syncline);
  const numbers = [relay, stock, syncline].map((number) => format(number, row.unit));
  const ratio = syncline / stock;
  return `| ${[row.title, ...numbers, Number.isFinite(ratio) ? `${ratio.toFixed(2)}×` : DASH, goal, verdict].join(' | ')} |`;
}

/** Whether a goal is met; unknown where a number that it needs is missing. */
export function judge(row: Row, stock: number, syncline: number): { goal: string; verdict: string } {
  const bound = row.timesStock === undefined ? row.atMost : row.timesStock * stock;
  if (bound === undefined) return { goal: '', verdict: '' };
  const goal = row.timesStock === undefined ? `≤ ${row.atMost} ${row.unit}` : `≤ ${row.timesStock}×`;
  if (Number.isNaN(bound) || Number.isNaN(syncline)) return { goal, verdict: 'unknown' };
  return { goal, verdict: syncline <= bound ? 'met' : '**missed**' };
}

function value(results: Results, row: Row, target: TargetName): number {
  const measured = results.get(`${row.runs} ${target}`) ?? [];
  return median(measured.filter((one) => !one.problems.length).map((one) => one.numbers[row.number] ?? Number.NaN));
}

function has(results: Results, row: Row): boolean {
  return Object.keys(PLAN).some((name) => name.startsWith(`${row.runs} `) && results.has(name));
}

function format(number: number, unit: string): string {
  if (Number.isNaN(number)) return DASH;
  const digits = number < 1 ? 3 : number < 10 ? 2 : number < 100 ? 1 : 0;
  if (unit === '/s' || unit === '×') return `${number.toFixed(unit === '×' ? 1 : 0)}${unit}`;
  return `${number.toFixed(digits)} ${unit}`;
}
