import type * as Y from 'yjs';
import { wellFormed } from './blocks/surface.ts';
import { wordDiff } from './blocks/word-diff.ts';
import { textOf } from './text.ts';

/** Makes the text say this, changing only the words that differ. */
export function setText(map: Y.Map<unknown>, key: string, value: string): void {
  const wanted = wellFormed(value);
  const text = textOf(map, key);
  const { changes } = wordDiff([{ text: text.toString(), marks: {} }], [{ text: wanted, marks: {} }]);
  for (const { from, to, insert } of changes.toReversed()) {
    const words = insert.map((run) => run.text).join('');
    // Before what it takes the place of: what is typed behind that meanwhile then stays behind it.
    text.insert(from, words);
    text.delete(from + words.length, to - from);
  }
}
