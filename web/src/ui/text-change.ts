/** One replacement in a text, in UTF-16 units. */
export interface TextChange {
  at: number;
  removed: number;
  inserted: string;
}

/**
 * What was typed between two states of a field.
 * @param caret where the caret is afterwards: of several changes that explain the same, that one which ends there
 */
export function changeBetween(before: string, after: string, caret: number): TextChange {
  const shorter = Math.min(before.length, after.length);
  let tail = 0;
  const maxTail = Math.min(shorter, after.length - Math.min(caret, after.length));
  while (tail < maxTail && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  let head = 0;
  while (head < shorter - tail && before[head] === after[head]) head += 1;
  // Half an emoji is no character, and would be stored as a broken one.
  if (head > 0 && isHighSurrogate(before, head - 1)) head -= 1;
  if (tail > 0 && isHighSurrogate(before, before.length - tail - 1)) tail -= 1;
  return { at: head, removed: before.length - head - tail, inserted: after.slice(head, after.length - tail) };
}

function isHighSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

/** The ops of a Y.Text's event, as far as they move positions. */
export type TextDelta = readonly { retain?: number; insert?: unknown; delete?: number }[];

/** Where a caret is after others have changed the text: behind the same character as before. */
export function positionAfter(delta: TextDelta, position: number): number {
  let [at, moved] = [0, position];
  for (const { retain = 0, insert, delete: deleted = 0 } of delta) {
    if (at >= moved) break;
    at += retain;
    if (insert !== undefined && at < moved) {
      const { length } = typeof insert === 'string' ? insert : ' ';
      at += length;
      moved += length;
    }
    if (at < moved) moved -= Math.min(deleted, moved - at);
  }
  return moved;
}
