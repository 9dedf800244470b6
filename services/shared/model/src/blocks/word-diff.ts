/**
 * What has to change so that one reading of Markdown becomes another, in words: a diff in characters would cut inside
 * words, and two people's edits would then be woven into each other.
 */
import type { Marks, Run } from '@syncline/protocol';
import { diffArrays } from 'diff';
import { sameMarks } from './marks.ts';

/** A range of the old text, what takes its place, and the marks that both had where they were parsed. */
export interface Change {
  from: number;
  to: number;
  insert: Run[];
  /** The old reading's marks where the range begins; for a pure insertion, the new reading's marks left of it. */
  before: Marks;
}

/** A range of the old text that stays, under other marks. */
export interface Reformat {
  from: number;
  to: number;
  before: Marks;
  after: Marks;
}

export interface TextChanges {
  changes: Change[];
  reformats: Reformat[];
}

interface Token {
  text: string;
  marks: Marks;
}

const WORDS =
  /\n|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}_]+|[^\S\n]+|[^\p{L}\p{M}\p{N}_\s]/gu;

/** Beyond so many differing words the whole middle is replaced, so that a hostile text costs no quadratic time. */
const MAX_EDITS = 1000;

/** Compares two readings; changes come in the order of the text. */
export function wordDiff(old: readonly Run[], next: readonly Run[]): TextChanges {
  const oldTokens = tokensOf(old);
  const newTokens = tokensOf(next);
  let head = 0;
  while (head < oldTokens.length && head < newTokens.length && oldTokens[head]!.text === newTokens[head]!.text) head++;
  let tail = 0;
  while (
    tail < oldTokens.length - head &&
    tail < newTokens.length - head &&
    oldTokens.at(-1 - tail)!.text === newTokens.at(-1 - tail)!.text
  )
    tail++;
  const oldMiddle = oldTokens.slice(head, oldTokens.length - tail).map((token) => token.text);
  const newMiddle = newTokens.slice(head, newTokens.length - tail).map((token) => token.text);
  const parts = diffArrays(oldMiddle, newMiddle, { maxEditLength: MAX_EDITS }) ?? [
    { removed: true, added: false, value: oldMiddle },
    { removed: false, added: true, value: newMiddle },
  ];
  const result: TextChanges = { changes: [], reformats: [] };
  const walk = { at: 0, old: 0, next: 0 };
  const keep = (count: number) => {
    for (let n = 0; n < count; n++) {
      const before = oldTokens[walk.old++]!;
      const after = newTokens[walk.next++]!;
      reformat(result.reformats, walk.at, before, after);
      walk.at += before.text.length;
    }
  };
  keep(head);
  for (let n = 0; n < parts.length; n++) {
    const part = parts[n]!;
    if (!part.added && !part.removed) {
      keep(part.value.length);
      continue;
    }
    const following = parts[n + 1];
    const paired = following && following.added !== part.added && (following.added || following.removed);
    const removed = part.removed ? part.value.length : paired ? following.value.length : 0;
    const added = part.added ? part.value.length : paired ? following.value.length : 0;
    if (paired) n++;
    const gone = oldTokens.slice(walk.old, walk.old + removed);
    const come = newTokens.slice(walk.next, walk.next + added);
    const length = gone.reduce((sum, token) => sum + token.text.length, 0);
    const before = gone[0]?.marks ?? newTokens[walk.next - 1]?.marks ?? {};
    result.changes.push({ from: walk.at, to: walk.at + length, insert: joined(come), before });
    walk.at += length;
    walk.old += removed;
    walk.next += added;
  }
  keep(tail);
  return result;
}

function reformat(reformats: Reformat[], at: number, before: Token, after: Token): void {
  if (sameMarks(before.marks, after.marks)) return;
  const to = at + before.text.length;
  const last = reformats.at(-1);
  if (last?.to === at && sameMarks(last.before, before.marks) && sameMarks(last.after, after.marks)) last.to = to;
  else reformats.push({ from: at, to, before: before.marks, after: after.marks });
}

function tokensOf(runs: readonly Run[]): Token[] {
  return runs.flatMap(({ text, marks }) => (text.match(WORDS) ?? []).map((word) => ({ text: word, marks })));
}

function joined(tokens: readonly Token[]): Run[] {
  const runs: Run[] = [];
  for (const { text, marks } of tokens) {
    const last = runs.at(-1);
    if (last && sameMarks(last.marks, marks)) last.text += text;
    else runs.push({ text, marks });
  }
  return runs;
}
