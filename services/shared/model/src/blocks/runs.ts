import type { Run } from '@syncline/protocol';

/** The text of runs without their marks. */
export function plainText(runs: readonly Run[]): string {
  return runs.map((run) => run.text).join('');
}

/** The runs between two positions of their plain text. */
export function sliceRuns(runs: readonly Run[], from: number, to: number): Run[] {
  const slice: Run[] = [];
  let at = 0;
  for (const run of runs) {
    const text = run.text.slice(Math.max(from - at, 0), Math.max(to - at, 0));
    if (text) slice.push({ text, marks: run.marks });
    at += run.text.length;
  }
  return slice;
}

/** The runs between the places where a separator matches their plain text. */
export function splitRuns(runs: readonly Run[], separator: RegExp): Run[][] {
  const text = plainText(runs);
  const parts: Run[][] = [];
  let from = 0;
  for (const match of text.matchAll(separator)) {
    parts.push(sliceRuns(runs, from, match.index));
    from = match.index + match[0].length;
  }
  parts.push(sliceRuns(runs, from, text.length));
  return parts;
}
