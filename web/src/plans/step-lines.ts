import { PLAN_LIMITS } from '@syncline/protocol';

const MARKER = /^\s*(?:(?:[-*+]|\d+[.)])\s+)?(?:\[[ x]\]\s+)?/i;

/** The titles of steps in a pasted or written list: one on each line, without bullet, number or box. */
export function stepTitles(lines: string): string[] {
  return lines
    .split('\n')
    .map((line) => line.replace(MARKER, '').trim().slice(0, PLAN_LIMITS.stepTitle))
    .filter((title) => title !== '');
}
