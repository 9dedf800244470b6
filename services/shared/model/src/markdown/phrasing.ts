import type { Marks, Run } from '@syncline/protocol';
import type { PhrasingContent } from 'mdast';

/** Marks from the outermost to the innermost. */
const NESTING = ['link', 'underline', 'bold', 'italic', 'strike', 'code'] as const satisfies (keyof Marks)[];

/**
 * Turns runs into the nodes of a paragraph.
 * @param breaks whether a hard break may be a line's end; a heading must stay on one line
 */
export function phrasing(runs: readonly Run[], { breaks }: { breaks: boolean }): PhrasingContent[] {
  return nested(lined(runs, breaks), NESTING);
}

/** Runs that are either one hard break or none at all, and what each break is written as. */
interface Line extends Run {
  tag?: string;
}

function lined(runs: readonly Run[], breaks: boolean): Line[] {
  const lines = runs.flatMap(({ text, marks }): Line[] =>
    text
      .replaceAll(/\r\n?/g, '\n')
      .split(/(?<=\n)|(?=\n)/)
      .filter((part) => part !== '')
      .map((part) => (part === '\n' ? { text: part, marks: { ...marks, code: undefined } } : { text: part, marks })),
  );
  return lines.map((line, index) => {
    if (line.text !== '\n') return line;
    const alone = [lines[index - 1], lines[index + 1]].some((near) => !near || near.text === '\n');
    return alone || !breaks ? { ...line, tag: '<br>' } : line;
  });
}

function nested(lines: readonly Line[], marks: readonly (keyof Marks)[]): PhrasingContent[] {
  const [mark, ...rest] = marks;
  if (!mark) return lines.flatMap(leaf);
  const nodes: PhrasingContent[] = [];
  for (let at = 0; at < lines.length;) {
    const value = lines[at]!.marks[mark];
    let end = at + 1;
    while (end < lines.length && lines[end]!.marks[mark] === value) end++;
    const group = lines.slice(at, end);
    nodes.push(...(value === undefined ? nested(group, rest) : wrapped(group, mark, rest)));
    at = end;
  }
  return nodes;
}

function wrapped(lines: readonly Line[], mark: keyof Marks, rest: readonly (keyof Marks)[]): PhrasingContent[] {
  if (mark === 'code') return [{ type: 'inlineCode', value: lines.map((line) => line.text).join('') }];
  const children = nested(lines, rest);
  switch (mark) {
    case 'link':
      return [{ type: 'link', url: lines[0]!.marks.link!, children: children as never }];
    case 'underline':
      return [{ type: 'underline', children }];
    case 'bold':
      return [{ type: 'strong', children }];
    case 'italic':
      return [{ type: 'emphasis', children }];
    case 'strike':
      return [{ type: 'delete', children }];
  }
}

function leaf({ text, tag }: Line): PhrasingContent {
  if (tag) return { type: 'raw', value: tag };
  return text === '\n' ? { type: 'break' } : { type: 'text', value: text };
}
