/**
 * Blocks to Markdown, each with its anchor, so that a reader can address what it reads.
 *
 * What Markdown has no form for is not lost: children of a block that is no list item follow it with `in=` and their
 * depth, and blocks of other types are shown as a marker that no edit of their surroundings touches.
 */
import type { Block } from '@syncline/protocol';
import type { BlockContent, List, ListItem, PhrasingContent, RootContent } from 'mdast';
import { phrasing } from './phrasing.ts';
import { writeMarkdown } from './write.ts';

/** Renders blocks; each line that begins a block ends with its anchor. */
export function renderBlocks(blocks: readonly Block[]): string {
  return writeMarkdown(flow(blocks));
}

/** Blocks as syntax tree. */
export function flow(blocks: readonly Block[]): RootContent[] {
  const nodes: RootContent[] = [];
  let open = null as { list: List; indent: number } | null;
  for (const { block, indent } of flattened(blocks, 0)) {
    const item = itemOf(block, indent);
    if (!item) {
      open = null;
      nodes.push(nodeOf(block, indent));
      continue;
    }
    const ordered = block.type === 'numberedListItem';
    const start = ordered && typeof block.props['start'] === 'number' ? block.props['start'] : null;
    const apart = open?.list.ordered && (start !== null || open.indent !== indent);
    if (open?.list.ordered !== ordered || apart) {
      open = {
        list: { type: 'list', ordered, spread: false, start: ordered ? startOf(start) : null, children: [] },
        indent,
      };
      nodes.push(open.list);
    }
    open!.indent = indent;
    open!.list.children.push(item);
  }
  return nodes;
}

interface Indented {
  block: Block;
  indent: number;
}

/** Blocks with the children of those that cannot hold any in Markdown behind them. */
function* flattened(blocks: readonly Block[], indent: number): Generator<Indented> {
  for (const block of blocks) {
    yield { block, indent };
    if (!isItem(block)) yield* flattened(block.children, indent + 1);
  }
}

function isItem({ type }: Block): boolean {
  return type === 'bulletListItem' || type === 'numberedListItem' || type === 'checkListItem';
}

function itemOf(block: Block, indent: number): ListItem | null {
  if (!isItem(block)) return null;
  return {
    type: 'listItem',
    checked: block.type === 'checkListItem' ? block.props['checked'] === true : null,
    spread: false,
    children: [{ type: 'paragraph', children: anchored(block, indent) }, ...(flow(block.children) as BlockContent[])],
  };
}

function nodeOf(block: Block, indent: number): RootContent {
  switch (block.type) {
    case 'paragraph':
      return { type: 'paragraph', children: anchored(block, indent) };
    case 'heading':
      return { type: 'heading', depth: levelOf(block), children: anchored(block, indent) };
    case 'quote':
      return { type: 'blockquote', children: [{ type: 'paragraph', children: anchored(block, indent) }] };
    case 'codeBlock': {
      const { language } = block.props;
      return {
        type: 'code',
        lang: typeof language === 'string' && /^[^\s`{]+$/.test(language) ? language : 'text',
        meta: block.anchor === '' ? null : bracesOf(block, indent),
        value: block.content.map((run) => run.text).join(''),
      };
    }
    default:
      return { type: 'paragraph', children: marker(block) };
  }
}

/** A block's text, and behind it its anchor, if it has one. */
function anchored(block: Block, indent: number): PhrasingContent[] {
  const text = phrasing(block.content, { breaks: block.type !== 'heading' });
  if (block.anchor === '') return text;
  return [...text, { type: 'raw', value: `${text.length > 0 ? ' ' : ''}${bracesOf(block, indent)}` }];
}

function bracesOf({ anchor }: Block, indent: number): string {
  return indent > 0 ? `{#${anchor} in=${indent}}` : `{#${anchor}}`;
}

/** A block that Markdown does not know; its text, if it has some, can be read and quoted. */
function marker(block: Block): PhrasingContent[] {
  const id = block.anchor === '' ? '' : ` id="${block.anchor}"`;
  const tag = `<block${id} type="${block.type.replaceAll(/[^\w-]/g, '')}"`;
  const text = phrasing(block.content, { breaks: false });
  if (text.length === 0) return [{ type: 'raw', value: `${tag}/>` }];
  return [{ type: 'raw', value: `${tag}>` }, ...text, { type: 'raw', value: '</block>' }];
}

function levelOf({ props }: Block): 1 | 2 | 3 | 4 | 5 | 6 {
  const { level } = props;
  return level === 1 || level === 2 || level === 3 || level === 4 || level === 5 || level === 6 ? level : 1;
}

/** Markdown numbers lists with up to nine digits. */
function startOf(start: number | null): number {
  return start !== null && Number.isInteger(start) && start >= 0 && start <= 999_999_999 ? start : 1;
}
