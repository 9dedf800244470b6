/**
 * Values of Yjs as plain data, of types whose name nobody has told. Reads what is there item by item: it writes nothing,
 * defines no type and never throws, whatever a peer has written (M25).
 */
import { toBase64 } from 'lib0/buffer';
import * as Y from 'yjs';

/** A type, whatever it is one of. */
export type Type = Pick<Y.AbstractType<never>, '_start' | '_map'>;

/** What nests deeper is shown as null. */
const MAX_DEPTH = 100;

/** A value as JSON can say it. */
export function plainOf(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return null;
  if (value instanceof Y.Text) return textOf(value);
  if (value instanceof Y.XmlElement)
    return { type: value.nodeName, attributes: mapOf(value, depth), content: listOf(value, depth) };
  if (value instanceof Y.Map) return mapOf(value, depth);
  if (value instanceof Y.AbstractType) return listOf(value, depth);
  if (value instanceof Y.Doc) return { guid: value.guid };
  if (value instanceof Uint8Array) return toBase64(value);
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map((item: unknown) => plainOf(item, depth + 1));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner, depth + 1)]));
  return value ?? null;
}

/**
 * The list in a type of which nobody has said what it is: text where there are letters, formats or what is embedded in
 * text; else a list, of elements or of values.
 * @returns null where nothing is, or is left
 */
export function contentOf(type: Type): unknown {
  let isEmpty = true;
  for (const { content } of itemsOf(type)) {
    if (content instanceof Y.ContentString || content instanceof Y.ContentEmbed) return textOf(type);
    isEmpty &&= content instanceof Y.ContentFormat;
  }
  return isEmpty ? null : listOf(type, 0);
}

/** What lies under the keys of a type. */
export function keysOf(type: Type): Map<string, unknown> {
  const keys = new Map<string, unknown>();
  for (const [key, item] of type._map) if (!item.deleted) keys.set(key, item.content.getContent().at(-1));
  return keys;
}

function mapOf(type: Type, depth: number): Record<string, unknown> {
  return Object.fromEntries([...keysOf(type)].map(([key, value]) => [key, plainOf(value, depth + 1)]));
}

function listOf(type: Type, depth: number): unknown[] {
  const list: unknown[] = [];
  for (const { content } of itemsOf(type))
    if (content.isCountable()) for (const value of content.getContent()) list.push(plainOf(value, depth + 1));
  return list;
}

/** Its letters; what is embedded in it is left out, as by Yjs. */
function textOf(type: Type): string {
  let text = '';
  for (const { content } of itemsOf(type)) if (content instanceof Y.ContentString) text += content.str;
  return text;
}

function* itemsOf(type: Type): Generator<Y.Item> {
  for (let item = type._start; item; item = item.right) if (!item.deleted) yield item;
}
