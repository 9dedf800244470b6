import { type Block, MAX_BLOCK_DEPTH } from '@syncline/protocol';
import * as Y from 'yjs';
import { anchorsOf } from './anchor.ts';
import { plainTextOf, plainTextOfText, runsOf, runsOfText } from './surface.ts';
import { type Element, type Place, walkBlocks } from './walk.ts';

/** Elements whose children are not inline text, so that their content is shown only as a marker. */
const CONTAINERS = new Set(['table', 'column', 'columnList']);

/**
 * Reads a document's blocks as plain data. Blocks nested deeper than {@link MAX_BLOCK_DEPTH} are shown at that depth.
 */
export function readBlocks(fragment: Y.XmlFragment): Block[] {
  const places = [...walkBlocks(fragment)];
  const anchors = anchorsOf(places.map((place) => place.id));
  const root: Block[] = [];
  const levels: Block[][] = [root];
  for (const place of places) {
    const depth = Math.min(place.depth, MAX_BLOCK_DEPTH, levels.length);
    const block = readBlock(place, anchors.get(place.id)!);
    levels.length = depth;
    levels[depth - 1]!.push(block);
    levels.push(block.children);
  }
  return root;
}

/** Reads a document's text without marks: a line for each block that has some. */
export function readText(fragment: Y.XmlFragment): string {
  const lines: string[] = [];
  for (const { content, node } of walkBlocks(fragment)) {
    const line = hasText(content) ? plainTextOf(content) : node instanceof Y.XmlText ? plainTextOfText(node) : '';
    if (line) lines.push(line);
  }
  return lines.join('\n');
}

/** Whether a block has text of its own that quotations may search. */
export function hasText(content: Element | null): content is Element {
  return content !== null && !CONTAINERS.has(content.nodeName);
}

function readBlock(place: Place, anchor: string): Block {
  const { id, content, node } = place;
  return {
    id,
    anchor,
    type: content?.nodeName ?? (node instanceof Y.XmlText ? 'text' : 'unknown'),
    props: content ? propsOf(content) : {},
    content: hasText(content) ? runsOf(content) : node instanceof Y.XmlText ? runsOfText(node) : [],
    children: [],
  };
}

function propsOf(content: Element): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(content.getAttributes() as Record<string, unknown>).filter(
      ([, value]) => !(value instanceof Y.AbstractType || value instanceof Uint8Array),
    ),
  );
}
