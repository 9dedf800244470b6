import type { BlockInput, Edit } from '@syncline/protocol';
import * as Y from 'yjs';
import { inOrder } from '../in-order.ts';
import { anchorOf, anchorsOf } from './anchor.ts';
import { changeText } from './change-text.ts';
import type { ModelDeps } from './content.ts';
import { type BlockPlace, blockPlaces, locate } from './locate.ts';
import { assertFits, insertAfter, insertAtEdge, isBlank, removeBlock } from './place.ts';
import { findQuotation } from './quote.ts';
import { replaceBlock } from './replace-block.ts';
import { walkBlocks } from './walk.ts';

/**
 * Carries out edits in their order, each on what the one before has left.
 * @returns the anchors of the blocks that were changed, made or deleted
 * @throws Refusal `conflict` or `invalid_request`; the document may then be half changed
 */
export function editBlocks(fragment: Y.XmlFragment, edits: readonly Edit[], deps: ModelDeps): string[] {
  const existed = idsOf(fragment);
  const touched = new Set<string>();
  for (const { id } of inOrder(edits, (edit) => apply(fragment, edit, deps))) touched.add(id);
  const ids = idsOf(fragment);
  const anchors = anchorsOf(ids);
  for (const id of ids) if (!existed.has(id)) touched.add(id);
  return [...touched].map((id) => anchors.get(id) ?? anchorOf(id));
}

/** @returns the blocks that were there before and have been changed */
function apply(fragment: Y.XmlFragment, edit: Edit, deps: ModelDeps): BlockPlace[] {
  const places = blockPlaces(fragment);
  if (edit.op === 'replace_text') {
    return findQuotation(places, edit)
      .filter(({ place, at, old, next }) => changeText(place.content, at, old, next))
      .map(({ place }) => place);
  }
  if (edit.op === 'append' || edit.op === 'prepend') {
    const inputs = settled(edit.blocks, places);
    const [blank] = isBlank(fragment) ? places : [];
    if (blank) replaceBlock(blank, inputs, deps);
    else insertAtEdge(fragment, edit.op === 'append' ? 'end' : 'start', inputs, deps);
    return blank ? [blank] : [];
  }
  const place = locate(places, edit.block);
  if (edit.op === 'insert_after') {
    insertAfter(place, settled(edit.blocks, places), deps);
    return [];
  }
  if (edit.op === 'replace_block') replaceBlock(place, settled(edit.blocks, places), deps);
  else removeBlock(place, deps);
  return [place];
}

/**
 * What the parser took for an anchor (`props.anchor`) is one only if the document has such a block; otherwise it is
 * text that happens to look like one.
 */
function settled(inputs: readonly BlockInput[], places: readonly BlockPlace[]): BlockInput[] {
  assertFits(inputs, 1);
  const known = new Set(places.map((place) => place.anchor));
  const settle = (input: BlockInput): BlockInput => {
    const { anchor, ...props } = input.props;
    const children = input.children.map(settle);
    if (anchor === undefined) return { ...input, children };
    if (known.has(String(anchor)) || input.type === 'codeBlock') return { ...input, children };
    const gap = input.content.length > 0 ? ' ' : '';
    return { ...input, props, children, content: [...input.content, { text: `${gap}{#${anchor}}`, marks: {} }] };
  };
  return inputs.map(settle);
}

function idsOf(fragment: Y.XmlFragment): Set<string> {
  return new Set([...walkBlocks(fragment)].map((place) => place.id));
}
