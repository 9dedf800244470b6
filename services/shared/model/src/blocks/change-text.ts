/**
 * Changes a range of a block's text from one reading of Markdown to another, touching only what differs, so that what
 * a person types into the same range at the same time is kept (M9).
 */
import type { Run } from '@syncline/protocol';
import { type Attributes, attributesOf, markChanges, withChanges } from './marks.ts';
import { deleteRange, formatRange, formatsBetween, insertText, surfaceOf, wellFormed } from './surface.ts';
import type { Element } from './walk.ts';
import { type Change, wordDiff } from './word-diff.ts';

/**
 * @param at where in the block's text the old reading begins; its plain text stands there
 * @returns whether anything changed
 */
export function changeText(element: Element, at: number, old: readonly Run[], next: readonly Run[]): boolean {
  const isCode = element.nodeName === 'codeBlock';
  const { changes, reformats } = wordDiff(old, next.map(isCode ? plain : tidy));
  if (!isCode) {
    for (const { from, to, before, after } of reformats)
      formatRange(element, at + from, at + to, markChanges(before, after));
  }
  for (const change of changes.toReversed()) apply(element, at, change, isCode);
  return changes.length > 0 || (reformats.length > 0 && !isCode);
}

/** From the right to the left, so that the positions of what is still to be done stay true. */
function apply(element: Element, at: number, change: Change, isCode: boolean): void {
  const from = at + change.from;
  const to = at + change.to;
  const base = isCode ? {} : to > from ? (formatsBetween(element, from, from + 1)[0] ?? {}) : inherited(element, from);
  if (to > from) deleteRange(element, from, to);
  let position = from;
  for (const run of change.insert) {
    const attributes = isCode
      ? {}
      : withChanges({ ...base, ...attributesOf(run.marks) }, markChanges(change.before, run.marks));
    insertText(element, position, run.text, attributes);
    position += run.text.length;
  }
}

/** What typing here would inherit: the left neighbour's formats, without links, code and comments that end here. */
function inherited(element: Element, at: number): Attributes {
  if (at === 0 || surfaceOf(element)[at - 1] === '\n') return {};
  const left = formatsBetween(element, at - 1, at)[0] ?? {};
  const right = formatsBetween(element, at, at + 1)[0] ?? {};
  return Object.fromEntries(
    Object.entries(left).filter(
      ([name, value]) =>
        !(name === 'link' || name === 'code' || name.startsWith('comment--')) ||
        JSON.stringify(right[name]) === JSON.stringify(value),
    ),
  );
}

function tidy(run: Run): Run {
  return { text: wellFormed(run.text), marks: run.marks };
}

function plain(run: Run): Run {
  return { text: wellFormed(run.text), marks: {} };
}
