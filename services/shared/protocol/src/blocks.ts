/**
 * A document's text outside of Yjs: a tree of blocks whose text is a list of runs. The gateway makes it from Markdown,
 * the model writes it into Y types and reads it back.
 */

/** The block types that Markdown can make and read. Others (tables, images, …) are kept, and shown as a marker. */
export const BLOCK_TYPES = [
  'paragraph',
  'heading',
  'bulletListItem',
  'numberedListItem',
  'checkListItem',
  'quote',
  'codeBlock',
] as const;
export type BlockType = (typeof BLOCK_TYPES)[number];

export interface Marks {
  bold?: true;
  italic?: true;
  underline?: true;
  strike?: true;
  code?: true;
  link?: string;
}

/** Text under one set of marks; `\n` is a hard break (in code, a line's end). */
export interface Run {
  text: string;
  marks: Marks;
}

/**
 * A block to be written. `props` holds what its type has beside text: `level` (heading, 1–6), `checked`
 * (checkListItem), `language` (codeBlock), `start` (numberedListItem).
 */
export interface BlockInput {
  type: BlockType;
  props: Record<string, string | number | boolean>;
  content: Run[];
  children: BlockInput[];
}

/** How deep blocks may nest; deeper trees are refused, so that no reader's stack can be exhausted. */
export const MAX_BLOCK_DEPTH = 32;

/**
 * A block as it was read: `anchor` is the short name that Markdown shows; `type` may be one that Markdown does not know.
 */
export interface Block {
  id: string;
  anchor: string;
  type: string;
  props: Record<string, unknown>;
  content: Run[];
  children: Block[];
}
