/** The Markdown that is read: CommonMark with GFM's strikethrough, task lists, tables and bare links. */
import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { createGuard } from './guard.ts';

/** Names of micromark's constructs. HTML is read as inline only: its tags are text, but for `<u>` and `<br>`. */
const UNUSED = [
  'htmlFlow',
  'codeIndented',
  'setextUnderline',
  'gfmFootnoteDefinition',
  'gfmFootnoteCall',
  'gfmPotentialFootnoteCall',
];

const BLOCKS = [
  'blockQuote',
  'codeFenced',
  'definition',
  'headingAtx',
  'list',
  'table',
  'tasklistCheck',
  'thematicBreak',
];

/** Without the transforms, which would turn `https\:` back into a link. */
const fromGfm = gfmFromMarkdown().map((extension) => ({ ...extension, transforms: [] }));

/**
 * Reads Markdown into a syntax tree; `inline` reads paragraphs only.
 * @throws Refusal `invalid_request` or `too_large` when reading it would take too long
 */
export function readMarkdown(markdown: string, { inline }: { inline: boolean }): Root {
  return fromMarkdown(markdown, {
    extensions: [
      gfm(),
      createGuard(markdown) as object,
      { disable: { null: inline ? [...UNUSED, ...BLOCKS] : UNUSED } },
    ],
    mdastExtensions: fromGfm,
  });
}

/** The Markdown that a node was read from. */
export function sourceOf(node: Nodes, markdown: string): string {
  return markdown.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
}
