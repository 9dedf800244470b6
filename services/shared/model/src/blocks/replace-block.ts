/**
 * Rewrites a block under its own id, keeping what the new form does not speak of: looks, comments, colours, and
 * children where it brings none of its own.
 */
import { BLOCK_TYPES, type BlockInput } from '@syncline/protocol';
import * as Y from 'yjs';
import { isAnchorOf } from './anchor.ts';
import { changeText } from './change-text.ts';
import { type ModelDeps, newBlock, newContent, newGroup, writableProps } from './content.ts';
import { type BlockPlace, blockPlacesIn } from './locate.ts';
import { assertFits, indexIn, insertAfter, removeBlock } from './place.ts';
import { hasText } from './read.ts';
import { runsOf } from './surface.ts';
import { attributeOf, childGroup, type Element, setAttribute, walkNodes } from './walk.ts';

const LOOKS = ['backgroundColor', 'textColor', 'textAlignment'];

/** Puts `inputs` in a block's place: the first becomes the block, the others follow it. */
export function replaceBlock(place: BlockPlace, inputs: readonly BlockInput[], deps: ModelDeps): void {
  const [first, ...rest] = inputs as [BlockInput, ...BlockInput[]];
  assertFits([first], place.depth);
  if (place.content.nodeName === first.type) {
    for (const [name, value] of Object.entries(writableProps(first)))
      if (attributeOf(place.content, name) !== value) setAttribute(place.content, name, value);
    changeText(place.content, 0, runsOf(place.content), first.content);
  } else {
    retype(place, first);
  }
  if (first.children.length > 0) rewriteChildren(place, first.children, deps);
  insertAfter(place, rest, deps);
}

function retype({ node, content }: BlockPlace, input: BlockInput): void {
  const keepsText = hasText(content) && content.nodeName !== 'codeBlock' && input.type !== 'codeBlock';
  const made = newContent(keepsText ? { ...input, content: [] } : input);
  const index = indexIn(node, content);
  node.insert(index, [made]);
  for (const name of LOOKS) {
    const value = attributeOf(content, name);
    const fresh = attributeOf(made, name);
    if (typeof value === 'string' && typeof fresh === 'string' && value !== fresh) setAttribute(made, name, value);
  }
  if (keepsText) {
    const copies = content.toArray().filter((child) => child instanceof Y.XmlText || child instanceof Y.XmlElement);
    made.insert(
      0,
      copies.map((child) => child.clone() as Y.XmlElement),
    );
    changeText(made, 0, runsOf(made), input.content);
  }
  node.delete(index + 1, 1);
}

/** Children keep their ids where the new ones name them by anchor, or else by their order. */
function rewriteChildren(place: BlockPlace, inputs: readonly BlockInput[], deps: ModelDeps): void {
  const group = childGroup(place);
  if (!group) {
    place.node.insert(place.node.length, [newGroup(inputs, deps)]);
    return;
  }
  const olds = blockPlacesIn(group, place.depth + 1).filter(({ node }) => !holdsOpaque(node));
  const named = inputs.map((input) => olds.findIndex((old) => isAnchorOf(String(input.props['anchor'] ?? ''), old.id)));
  const found = named.filter((index) => index >= 0);
  const inOrder = found.length > 0 && found.every((index, n) => n === 0 || index > found[n - 1]!);
  const kept = new Set<Element>();
  let before: Element | null = null;
  for (const [n, input] of inputs.entries()) {
    const old = inOrder ? olds[named[n]!] : olds[n];
    if (old) {
      replaceBlock(old, [input], deps);
      kept.add(old.node);
      before = old.node;
    } else {
      const made = newBlock(input, deps);
      group.insert(before ? indexIn(group, before) + 1 : 0, [made]);
      before = made;
    }
  }
  for (const old of olds) if (!kept.has(old.node)) removeBlock(old, deps);
}

/** Whether a block is, or has nested in it, one that Markdown cannot show, and so cannot mean to remove. */
function holdsOpaque(node: Element): boolean {
  const alone = new Set<string>(BLOCK_TYPES);
  for (const { content } of walkNodes([node], 1)) if (!content || !alone.has(content.nodeName)) return true;
  return false;
}
