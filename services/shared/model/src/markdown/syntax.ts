/** The Markdown that is read: CommonMark with GFM's strikethrough, task lists, tables and bare links. */
import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { Refusal } from '@syncline/protocol';

/** Names of micromark's constructs. HTML is read as inline only: its tags are text, but for `<u>` and `<br>`. */
const UNUSED = ['htmlFlow', 'codeIndented', 'gfmFootnoteDefinition', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall'];

const BLOCKS = [
  'blockQuote',
  'codeFenced',
  'definition',
  'headingAtx',
  'list',
  'setextUnderline',
  'table',
  'tasklistCheck',
  'thematicBreak',
];

/** Longer texts are refused: reading hostile ones takes more than linear time. */
const MAX_LENGTH = 1_000_000;

/** Without the transforms, which would turn `https\:` back into a link. */
const fromGfm = gfmFromMarkdown().map((extension) => ({ ...extension, transforms: [] }));

/** Reads Markdown into a syntax tree; `inline` reads paragraphs only. */
export function readMarkdown(markdown: string, { inline }: { inline: boolean }): Root {
  if (markdown.length > MAX_LENGTH)
    throw new Refusal('too_large', `The Markdown is longer than ${MAX_LENGTH} characters; send it in parts.`);
  return fromMarkdown(markdown, {
    extensions: [gfm(), { disable: { null: inline ? [...UNUSED, ...BLOCKS] : UNUSED } }],
    mdastExtensions: fromGfm,
  });
}

/** The Markdown that a node was read from. */
export function sourceOf(node: Nodes, markdown: string): string {
  return markdown.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
}
