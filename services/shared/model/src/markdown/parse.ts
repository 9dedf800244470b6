/**
 * Markdown to blocks.
 *
 * What the parser cannot know is whether `{#k3f9a}` behind a block is the anchor of a block that exists or just text:
 * it keeps it as `props.anchor`, and whoever writes the block into a document decides.
 */
import { type BlockInput, MAX_BLOCK_DEPTH, Refusal, type Run } from '@syncline/protocol';
import type { ListItem, Paragraph, RootContent } from 'mdast';
import { type Definitions, definitionsOf, runsFrom } from './inline.ts';
import { readMarkdown, sourceOf } from './syntax.ts';

const BRACES = /\{#([a-z0-9]{5,40})(?: in=(\d{1,2}))?\}$/;

/** A block before it is put below the block that it belongs to. */
interface Flat {
  block: BlockInput;
  /** How much deeper it lies than its place in the Markdown says. */
  indent: number;
}

interface Context {
  markdown: string;
  definitions: Definitions;
  depth: number;
}

/**
 * Reads Markdown into blocks.
 * @throws Refusal `invalid_request` when it nests too deep, `too_large`
 */
export function parseBlocks(markdown: string): BlockInput[] {
  const source = markdown.replaceAll(/\r\n?/g, '\n');
  const root = readMarkdown(source, { inline: false });
  return readFlow(root.children, { markdown: source, definitions: definitionsOf(root), depth: 1 });
}

function readFlow(nodes: readonly RootContent[], context: Context): BlockInput[] {
  const flats: Flat[] = [];
  let previous: RootContent | null = null;
  for (const node of nodes) {
    if (node.type === 'list') readList(node, previous, flats, context);
    else flats.push(...readNode(node, context));
    previous = node;
  }
  return nest(flats, context.depth);
}

function readNode(node: RootContent, context: Context): Flat[] {
  switch (node.type) {
    case 'paragraph':
      return [flat('paragraph', {}, node, context)];
    case 'heading':
      return [flat('heading', { level: node.depth }, node, context)];
    case 'blockquote':
      return readQuote(node.children, context);
    case 'code':
      return [readCode(node.lang ?? '', node.meta ?? '', node.value)];
    case 'table':
      return [readCode('markdown', '', sourceOf(node, context.markdown))];
    case 'thematicBreak':
      return [{ block: block('paragraph', {}, [{ text: sourceOf(node, context.markdown), marks: {} }]), indent: 0 }];
    case 'definition':
      return [];
    default: {
      const text = sourceOf(node, context.markdown);
      return text ? [{ block: block('paragraph', {}, [{ text, marks: {} }]), indent: 0 }] : [];
    }
  }
}

/** A list's items become blocks in their own right; the first keeps the number that the list starts with. */
function readList(
  list: Extract<RootContent, { type: 'list' }>,
  previous: RootContent | null,
  flats: Flat[],
  context: Context,
): void {
  const follows = previous?.type === 'list' && previous.ordered === true;
  const before = flats.at(-1)?.indent;
  for (const [index, item] of list.children.entries()) {
    const made = readItem(item, list.ordered === true, context);
    const restarts = (list.start ?? 1) !== 1 || (follows && before === made.indent);
    if (index === 0 && made.block.type === 'numberedListItem' && restarts) made.block.props['start'] = list.start ?? 1;
    flats.push(made);
  }
}

function readItem(item: ListItem, ordered: boolean, context: Context): Flat {
  const [first, ...rest] = item.children;
  const head = first?.type === 'paragraph' ? first : null;
  const isCheck = typeof item.checked === 'boolean';
  const type = isCheck ? 'checkListItem' : ordered ? 'numberedListItem' : 'bulletListItem';
  const made = flat(type, isCheck ? { checked: item.checked === true } : {}, head, context);
  const nested = head ? rest : item.children;
  if (nested.length > 0) made.block.children = readFlow(nested, deeper(context));
  return made;
}

/** A quote block holds text only: each paragraph becomes one, anything else is put below the one before. */
function readQuote(nodes: readonly RootContent[], context: Context): Flat[] {
  const flats: Flat[] = [];
  let others: RootContent[] = [];
  const flush = () => {
    if (others.length === 0) return;
    const last = flats.at(-1);
    const owner = last ?? { block: block('quote', {}, []), indent: 0 };
    if (!last) flats.push(owner);
    owner.block.children.push(...readFlow(others, deeper(context)));
    others = [];
  };
  for (const node of nodes) {
    if (node.type === 'paragraph') {
      flush();
      flats.push(flat('quote', {}, node, context));
    } else {
      others.push(node);
    }
  }
  flush();
  return flats.length > 0 ? flats : [{ block: block('quote', {}, []), indent: 0 }];
}

/** The anchor stands behind the language, or alone where there is none. */
function readCode(lang: string, meta: string, value: string): Flat {
  const braces = BRACES.exec(meta) ?? BRACES.exec(lang);
  const language = BRACES.test(lang) ? '' : lang;
  const content: Run[] = value ? [{ text: value, marks: {} }] : [];
  return braced(block('codeBlock', language ? { language } : {}, content), braces);
}

function flat(
  type: BlockInput['type'],
  props: BlockInput['props'],
  node: Paragraph | Extract<RootContent, { type: 'heading' }> | null,
  { markdown, definitions }: Context,
): Flat {
  const content = node ? runsFrom(node.children, definitions, { softBreak: ' ' }) : [];
  const last = node?.children.at(-1);
  const braces = last?.type === 'text' ? BRACES.exec(last.value) : null;
  if (!braces || !isUnescaped(sourceOf(last!, markdown), braces[0])) return braced(block(type, props, content), null);
  const run = content.at(-1)!;
  run.text = run.text.slice(0, -braces[0].length).replace(/ $/, '');
  return braced(block(type, props, run.text ? content : content.slice(0, -1)), braces);
}

function isUnescaped(source: string, braces: string): boolean {
  return source.endsWith(braces) && /^$|[ \t\n]$|&#x20;$/.test(source.slice(0, -braces.length));
}

function braced(made: BlockInput, braces: RegExpExecArray | null): Flat {
  if (braces) made.props['anchor'] = braces[1]!;
  return { block: made, indent: Number(braces?.[2] ?? 0) };
}

/** Puts indented blocks below the nearest block before them that is less so. */
function nest(flats: readonly Flat[], depth: number): BlockInput[] {
  const levels: BlockInput[][] = [[]];
  for (const { block, indent } of flats) {
    const level = Math.min(indent, levels.length - 1);
    if (depth + level > MAX_BLOCK_DEPTH) throw tooDeep();
    levels.length = level + 1;
    levels[level]!.push(block);
    levels.push(block.children);
  }
  return levels[0]!;
}

function deeper(context: Context): Context {
  if (context.depth >= MAX_BLOCK_DEPTH) throw tooDeep();
  return { ...context, depth: context.depth + 1 };
}

function block(type: BlockInput['type'], props: BlockInput['props'], content: Run[]): BlockInput {
  return { type, props, content, children: [] };
}

function tooDeep(): Refusal {
  return new Refusal('invalid_request', `markdown: its blocks nest deeper than ${MAX_BLOCK_DEPTH} levels.`);
}
