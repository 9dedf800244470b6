import { Refusal } from '@syncline/protocol';
import * as Y from 'yjs';
import { anchorsOf, isAnchorOf } from './anchor.ts';
import { hasText } from './read.ts';
import { surfaceOf } from './surface.ts';
import { type Element, type Place, walkBlocks, walkNodes } from './walk.ts';

/** A block that can be edited. */
export interface BlockPlace extends Place {
  node: Element;
  content: Element;
  anchor: string;
}

/** How a refusal shows a block. */
export interface ShownBlock {
  anchor: string;
  type: string;
  text: string;
}

/** How many blocks a refusal shows, and how much of each. */
const SHOWN_BLOCKS = 20;
const SHOWN_TEXT = 300;

/** The blocks that can be edited, in the order in which they are read. */
export function blockPlaces(fragment: Y.XmlFragment): BlockPlace[] {
  return named([...walkBlocks(fragment)]);
}

/** The blocks that stand directly in a group, which is that deep. */
export function blockPlacesIn(group: Y.XmlFragment, depth: number): BlockPlace[] {
  return named([...walkNodes(group.toArray(), depth)]).filter((place) => place.node.parent === group);
}
function named(places: readonly Place[]): BlockPlace[] {
  const anchors = anchorsOf(places.map((place) => place.id));
  return places.filter(isEditable).map((place) => ({ ...place, anchor: anchors.get(place.id)! }));
}

/**
 * Finds a block by its id or its anchor.
 * @throws Refusal `conflict` when there is none, or when the anchor has become ambiguous
 */
export function locate(places: readonly BlockPlace[], reference: string): BlockPlace {
  const exact = places.find((place) => place.id === reference) ?? places.find((place) => place.anchor === reference);
  if (exact) return exact;
  const candidates = places.filter((place) => isAnchorOf(reference, place.id));
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length > 1) {
    throw new Refusal('conflict', `block: "${reference}" now stands for several blocks; use one of their anchors.`, {
      reason: 'ambiguous',
      blocks: candidates.slice(0, SHOWN_BLOCKS).map(show),
    });
  }
  throw new Refusal(
    'conflict',
    `block: the document has no block "${reference}". Take an anchor from "blocks", or read the document again.`,
    { reason: 'not_found', blocks: places.slice(0, SHOWN_BLOCKS).map(show) },
  );
}

/** A block as a refusal shows it. */
export function show(place: BlockPlace): ShownBlock {
  return { anchor: place.anchor, type: place.content.nodeName, text: clip(textOf(place)) };
}

/** The text of a block that quotations may search; empty where a block has none. */
export function textOf(place: BlockPlace): string {
  return hasText(place.content) ? surfaceOf(place.content) : '';
}

function isEditable(place: Place): place is Place & { node: Element; content: Element } {
  return place.contained && place.content !== null;
}

function clip(text: string): string {
  return text.length > SHOWN_TEXT ? `${text.slice(0, SHOWN_TEXT)}…` : text;
}
