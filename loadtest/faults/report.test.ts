import { expect, it } from 'vitest';
import { report } from './report.ts';
import { type Counted, count, type Run, type Tallies } from './totals.ts';

const round: Counted = {
  victim: { kind: 'pod' },
  edits: 100,
  commands: 9,
  retried: 2,
  convergeMs: 1234,
  violations: [],
};

function run(commit: string, ...rounds: Counted[]): Run {
  const victims: Tallies = {};
  for (const each of rounds) count(victims, each);
  // As it comes back out of the file that keeps it.
  return JSON.parse(JSON.stringify({ date: '2026-01-01', commit, seed: 1, victims })) as Run;
}

it('adds runs up, by victim and together', () => {
  const redis: Counted = { ...round, victim: { kind: 'redis' }, convergeMs: 20 };
  const text = report([run('abc', round, redis), run('def', round)], '2 cores');
  expect(text).toContain('3 rounds in 2 runs, 2026-01-01, commits abc, def, on 2 cores.');
  expect(text).toContain('| a pod | 2 | 200 | 0 | 18 | 4 | 0 | 0 | 0 | 1,200 ms | 1,200 ms |');
  expect(text).toContain('| Redis | 1 | 100 | 0 | 9 | 2 | 0 | 0 | 0 | 20 ms | 20 ms |');
  expect(text).toContain('| all | 3 | 300 | 0 | 27 | 6 | 0 | 0 | 0 | 1,200 ms | 1,200 ms |');
});

it('counts what was broken', () => {
  const broken = (kind: Counted['violations'][number]['kind'], how: 'edit' | 'command') => ({
    kind,
    how,
    document: 'plan',
    what: '',
  });
  const violations = [
    broken('lost', 'edit'),
    broken('lost', 'command'),
    broken('lost', 'command'),
    broken('doubled', 'command'),
    broken('half done', 'command'),
    broken('answered twice', 'command'),
    { kind: 'not settled' as const, document: 'plan', what: '' },
  ];
  expect(report([run('abc', { ...round, violations })], '2 cores')).toContain(
    '| a pod | 1 | 100 | 1 | 9 | 2 | 2 | 3 | 1 | 1,200 ms | 1,200 ms |',
  );
});
