/** Where blocks stand: inserting, deleting, and never leaving a group without a block (M11). */
import { type BlockInput, MAX_BLOCK_DEPTH, Refusal } from '@syncline/protocol';
import * as Y from 'yjs';
import { EMPTY_PARAGRAPH, type ModelDeps, newBlock } from './content.ts';
import type { BlockPlace } from './locate.ts';
import { surfaceOf } from './surface.ts';
import { type Element, isElement, walkBlocks } from './walk.ts';

/** Puts new blocks behind a block and what is nested in it. */
export function insertAfter(place: BlockPlace, inputs: readonly BlockInput[], deps: ModelDeps): void {
  if (inputs.length === 0) return;
  assertFits(inputs, place.depth);
  const parent = place.node.parent as Y.XmlFragment;
  parent.insert(indexIn(parent, place.node) + 1, newBlocks(inputs, deps));
}

/** Puts new blocks at the document's beginning or end. */
export function insertAtEdge(
  fragment: Y.XmlFragment,
  edge: 'start' | 'end',
  inputs: readonly BlockInput[],
  deps: ModelDeps,
): void {
  assertFits(inputs, 1);
  const groups = fragment.toArray().filter((node) => isElement(node) && node.nodeName === 'blockGroup') as Element[];
  let group = groups.at(edge === 'start' ? 0 : -1);
  if (!group) {
    group = new Y.XmlElement('blockGroup');
    fragment.insert(edge === 'start' ? 0 : fragment.length, [group]);
  }
  group.insert(edge === 'start' ? 0 : group.length, newBlocks(inputs, deps));
}

/** Deletes a block with what is nested in it. */
export function removeBlock(place: BlockPlace, deps: ModelDeps): void {
  const parent = place.node.parent as Y.XmlFragment;
  if (parent.length === 1) {
    const owner = parent.parent;
    if (isElement(owner) && owner.nodeName === 'blockContainer') {
      owner.delete(indexIn(owner, parent as Element), 1);
      return;
    }
    parent.insert(1, [newBlock(EMPTY_PARAGRAPH, deps)]);
  }
  parent.delete(indexIn(parent, place.node), 1);
}

/** Whether a document holds nothing but one empty paragraph, as its seed does. */
export function isBlank(fragment: Y.XmlFragment): boolean {
  let blocks = 0;
  for (const { content, node } of walkBlocks(fragment)) {
    blocks++;
    if (blocks > 1 || content?.nodeName !== 'paragraph' || surfaceOf(content) !== '' || node === content) return false;
  }
  return true;
}

/**
 * @param depth the depth at which the blocks would stand, 1 at the root
 * @throws Refusal `invalid_request` when they would nest deeper than readers show
 */
export function assertFits(inputs: readonly BlockInput[], depth: number): void {
  for (let level = inputs, at = depth; level.length > 0; level = level.flatMap((input) => input.children), at++) {
    if (at > MAX_BLOCK_DEPTH)
      throw new Refusal('invalid_request', `markdown: its blocks would nest deeper than ${MAX_BLOCK_DEPTH} levels.`);
  }
}

/** Where a node stands among its parent's children. */
export function indexIn(parent: Y.XmlFragment, node: Y.XmlElement | Y.XmlText): number {
  return (parent.toArray() as unknown[]).indexOf(node);
}

function newBlocks(inputs: readonly BlockInput[], deps: ModelDeps): Element[] {
  return inputs.map((input) => newBlock(input, deps));
}
