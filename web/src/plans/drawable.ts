import type { Schema } from 'prosemirror-model';
import * as Y from 'yjs';

/**
 * Throws on what an editor of this schema does not know: blocks, marks, and what belongs to them. y-prosemirror takes it
 * for the remains of two edits at once, and deletes it from the document, for everybody. Whether known blocks fit in
 * one another is not looked at: two edits at once do leave such blocks behind, and nobody else clears them away.
 *
 * @param isDrawn whether such a part of it has been looked at before
 */
export function checkDrawable(type: unknown, schema: Schema, isDrawn: (part: unknown) => boolean): void {
  if (type instanceof Y.XmlText) return checkText(type, schema);
  if (type instanceof Y.XmlElement) checkBlock(type, schema);
  else if (!(type instanceof Y.XmlFragment)) throw new Error('no block and no text');
  for (const part of type.toArray()) if (!isDrawn(part)) checkDrawable(part, schema, isDrawn);
}

function checkBlock(block: Y.XmlElement, schema: Schema): void {
  const known = schema.nodes[block.nodeName];
  if (!known) throw new Error(`no block is called ${block.nodeName}`);
  known.create(block.getAttributes());
}

function checkText(text: Y.XmlText, schema: Schema): void {
  for (const { insert, attributes } of text.toDelta() as { insert: unknown; attributes?: Record<string, object> }[]) {
    if (typeof insert !== 'string') throw new Error('no text among text');
    for (const [key, attrs] of Object.entries(attributes ?? {})) {
      const known = schema.marks[markOf(key)];
      if (!known) throw new Error(`no mark is called ${key}`);
      known.create(attrs);
    }
  }
}

/** y-prosemirror tells marks of one kind that lie over each other apart by a hash. */
function markOf(key: string): string {
  return key.replace(/--[a-zA-Z0-9+/=]{8}$/, '');
}
