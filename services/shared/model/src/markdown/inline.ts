import { type Marks, Refusal, type Run } from '@syncline/protocol';
import type { PhrasingContent, Root } from 'mdast';
import { readMarkdown } from './syntax.ts';

/** How deep emphasis may nest; deeper than any mark has a meaning, and shallow enough for every stack. */
const MAX_MARK_DEPTH = 64;

/** Where link references lead. */
export type Definitions = ReadonlyMap<string, string>;

interface Piece extends Run {
  /** Set on a tag, which is text unless it has its counterpart. */
  tag?: 'open' | 'close';
}

/**
 * Reads inline Markdown. A line break is a hard break, an empty line reads as `\n\n`; spaces at the edges are kept,
 * line breaks there are not, and what would begin a block (`- `, `#`, `>`) is text.
 */
export function parseInline(markdown: string): Run[] {
  const lines = markdown.replaceAll(/\r\n?/g, '\n').split('\n');
  while (lines.length > 1 && lines[0]!.trim() === '') lines.shift();
  while (lines.length > 1 && lines.at(-1)!.trim() === '') lines.pop();
  const text = lines.join('\n');
  const lead = text.slice(0, text.length - text.trimStart().length);
  const trail = lead.length < text.length ? text.slice(text.trimEnd().length) : '';
  const root = readMarkdown(text, { inline: true });
  const definitions = definitionsOf(root);
  const runs: Run[] = lead ? [{ text: lead, marks: {} }] : [];
  for (const [index, node] of root.children.entries()) {
    if (node.type !== 'paragraph') continue;
    if (index > 0) runs.push({ text: '\n\n', marks: {} });
    runs.push(...runsFrom(node.children, definitions, { softBreak: '\n' }));
  }
  if (trail) runs.push({ text: trail, marks: {} });
  return joinRuns(runs);
}

/** Turns a paragraph's nodes into runs; `softBreak` is what a line's end in the source reads as. */
export function runsFrom(
  nodes: readonly PhrasingContent[],
  definitions: Definitions,
  { softBreak }: { softBreak: string },
): Run[] {
  const pieces: Piece[] = [];
  const visit = (node: PhrasingContent, marks: Marks, depth: number): void => {
    if (depth > MAX_MARK_DEPTH)
      throw new Refusal('invalid_request', `The Markdown nests more than ${MAX_MARK_DEPTH} levels of emphasis.`);
    const inside = (more: Marks) => {
      if ('children' in node) for (const child of node.children) visit(child, { ...marks, ...more }, depth + 1);
    };
    switch (node.type) {
      case 'text':
        pieces.push({ text: node.value.replaceAll('\n', softBreak), marks });
        break;
      case 'inlineCode':
        pieces.push({ text: node.value, marks: { ...marks, code: true } });
        break;
      case 'break':
        pieces.push({ text: '\n', marks });
        break;
      case 'strong':
        inside({ bold: true });
        break;
      case 'emphasis':
        inside({ italic: true });
        break;
      case 'delete':
        inside({ strike: true });
        break;
      case 'link':
        inside({ link: node.url });
        break;
      case 'linkReference':
        inside({ link: definitions.get(node.identifier) ?? '' });
        break;
      case 'image':
        pieces.push({ text: node.alt || node.url, marks: { ...marks, link: node.url } });
        break;
      case 'imageReference': {
        const url = definitions.get(node.identifier) ?? '';
        pieces.push({ text: node.alt || url, marks: { ...marks, link: url } });
        break;
      }
      case 'html':
        pieces.push(tagPiece(node.value, marks));
        break;
      case 'footnoteReference':
        pieces.push({ text: `[^${node.label ?? node.identifier}]`, marks });
        break;
    }
  };
  for (const node of nodes) visit(node, {}, 0);
  return joinRuns(underlined(pieces));
}

/** Collects where link references lead; the first definition of a name holds. */
export function definitionsOf(root: Root): Definitions {
  const definitions = new Map<string, string>();
  for (const node of root.children)
    if (node.type === 'definition' && !definitions.has(node.identifier)) definitions.set(node.identifier, node.url);
  return definitions;
}

/** Joins neighbours under the same marks, and drops empty runs. */
export function joinRuns(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const { text, marks } of runs) {
    if (text === '') continue;
    const last = joined.at(-1);
    if (last && keyOf(last.marks) === keyOf(marks)) last.text += text;
    else joined.push({ text, marks });
  }
  return joined;
}

function tagPiece(html: string, marks: Marks): Piece {
  if (/^<br\s*\/?>$/i.test(html)) return { text: '\n', marks };
  if (/^<u>$/i.test(html)) return { text: html, marks, tag: 'open' };
  if (/^<\/u>$/i.test(html)) return { text: html, marks, tag: 'close' };
  return { text: html, marks };
}

/** Underlines what stands between `<u>` and `</u>`; a tag without its counterpart stays text. */
function underlined(pieces: readonly Piece[]): Run[] {
  const pairs = new Map<Piece, Piece>();
  const open: Piece[] = [];
  for (const piece of pieces) {
    if (piece.tag === 'open') open.push(piece);
    const start = piece.tag === 'close' ? open.pop() : undefined;
    if (start) pairs.set(start, piece).set(piece, start);
  }
  let depth = 0;
  return pieces.flatMap((piece) => {
    if (pairs.has(piece)) {
      depth += piece.tag === 'open' ? 1 : -1;
      return [];
    }
    return [{ text: piece.text, marks: depth > 0 ? { ...piece.marks, underline: true as const } : piece.marks }];
  });
}

function keyOf({ bold, italic, underline, strike, code, link }: Marks): string {
  return JSON.stringify([bold, italic, underline, strike, code, link]);
}
