/**
 * New blocks, exactly as BlockNote writes them: every default attribute present and of its type, absent ones absent
 * (M6). An editor that opens them has nothing to repair, so it writes nothing.
 */
import type { BlockInput, BlockType } from '@syncline/protocol';
import * as Y from 'yjs';
import { writeRuns } from './surface.ts';
import { type Element, setAttribute } from './walk.ts';

type Props = Record<string, string | number | boolean>;

/** Where randomness comes from: ids of blocks and steps. */
export interface ModelDeps {
  /** A number in [0, 1), as Math.random gives. */
  random: () => number;
}

const LOOKS: Props = { backgroundColor: 'default', textColor: 'default', textAlignment: 'left' };

const DEFAULTS: Record<BlockType, Props> = {
  paragraph: LOOKS,
  heading: { ...LOOKS, level: 1, isToggleable: false },
  bulletListItem: LOOKS,
  numberedListItem: LOOKS,
  checkListItem: { ...LOOKS, checked: false },
  quote: { backgroundColor: 'default', textColor: 'default' },
  codeBlock: { language: 'text' },
};

/** Makes a blockContainer with its content and children; it is not yet part of any document. */
export function newBlock(input: BlockInput, deps: ModelDeps, id = newBlockId(deps)): Element {
  const container = element('blockContainer', { id });
  container.insert(0, [newContent(input)]);
  if (input.children.length > 0) container.insert(1, [newGroup(input.children, deps)]);
  return container;
}

/** Makes the group that holds a block's children. */
export function newGroup(inputs: readonly BlockInput[], deps: ModelDeps): Element {
  const group = element('blockGroup', {});
  group.insert(
    0,
    inputs.map((input) => newBlock(input, deps)),
  );
  return group;
}

/** Makes the element that holds a block's type, props and text. */
export function newContent(input: BlockInput): Element {
  const content = element(input.type, { ...DEFAULTS[input.type], ...writableProps(input) });
  writeRuns(content, input.content);
  return content;
}

/** The props of an input that its type has, each of the type and within the range that BlockNote knows. */
export function writableProps(input: BlockInput): Props {
  const { level, checked, language, start } = input.props;
  if (input.type === 'heading' && typeof level === 'number')
    return { level: Math.min(Math.max(Math.trunc(level) || 1, 1), 6) };
  if (input.type === 'checkListItem' && typeof checked === 'boolean') return { checked };
  if (input.type === 'codeBlock' && typeof language === 'string' && language !== '') return { language };
  if (input.type === 'numberedListItem' && typeof start === 'number' && Number.isSafeInteger(start)) return { start };
  return {};
}

export const EMPTY_PARAGRAPH: BlockInput = { type: 'paragraph', props: {}, content: [], children: [] };

/** A UUID of version 4. */
export function newBlockId({ random }: ModelDeps): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16));
  hex[12] = '4';
  hex[16] = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  const text = hex.join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

function element(nodeName: string, attributes: Props): Element {
  const made = new Y.XmlElement(nodeName);
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  return made;
}
