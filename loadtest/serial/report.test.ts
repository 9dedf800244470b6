import { expect, it } from 'vitest';
import { report, type Run } from './report.ts';

const RUN: Run = {
  date: '2026-11-26',
  commit: 'abc1234',
  tally: { commands: 1000, refused: 400, sentAgain: 60, unanswered: 1 },
  killed: { pod: 4, gateway: 3, redis: 2, nats: 1, postgres: 5 },
  contradictions: 0,
  minutes: 2,
};

it('adds runs up', () => {
  const rows = report([RUN, { ...RUN, date: '2026-11-27', contradictions: 7 }]).split('\n');
  expect(rows.slice(2)).toEqual([
    '| 2026-11-26 | abc1234 | 1,000 | 400 | 60 | 1 | 4 | 3 | 2 | 1 | 5 | 0 | 2 |',
    '| 2026-11-27 | abc1234 | 1,000 | 400 | 60 | 1 | 4 | 3 | 2 | 1 | 5 | 7 | 2 |',
    '| all |  | 2,000 | 800 | 120 | 2 | 8 | 6 | 4 | 2 | 10 | 7 | 4 |',
  ]);
});
