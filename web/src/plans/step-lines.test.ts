import { PLAN_LIMITS } from '@syncline/protocol';
import { expect, it } from 'vitest';
import { stepTitles } from './step-lines.ts';

it('takes a step from each line that says something, without its bullet, number or box', () => {
  const lines = ' - One\n* [x] Two\r\n\n3. Three\n4) [ ] Four\n- \n  Five';
  expect(stepTitles(lines)).toEqual(['One', 'Two', 'Three', 'Four', 'Five']);
});

it('leaves what only looks like one', () => {
  const titles = ['2.5 GB are enough', '-v prints the version', '*args', '[draft] Write', '[x]ray'];
  expect(stepTitles(titles.join('\n'))).toEqual(titles);
});

it('cuts what is too long for a step', () => {
  expect(stepTitles('x'.repeat(PLAN_LIMITS.stepTitle + 1))[0]).toHaveLength(PLAN_LIMITS.stepTitle);
});
