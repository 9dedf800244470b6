/**
 * Texts in a document's maps, such as a title: each a Y.Text, so that what several people type at once is kept (M19).
 *
 * Where one lies as a string, as documents from before had it, or is missing, it becomes a text when it is first
 * changed. Everybody who does that at the same time must write the same structs, or all but one would lose what they
 * type: the client and clock of the text follow from what it takes the place of.
 */
import { digest } from 'lib0/hash/sha256';
import * as Y from 'yjs';

/** Above the numbers that Yjs gives to clients, so that no client has it already. */
const FIRST_CONVERTER = 2 ** 32;

/** What a text says; empty where there is none. Writes nothing. */
export function readText(map: Y.Map<unknown>, key: string): string {
  const value = map.get(key);
  if (isText(value)) return value.toString();
  return typeof value === 'string' ? value : '';
}

/** The same where it is one line. */
export function readLine(map: Y.Map<unknown>, key: string): string {
  return readText(map, key)
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}

/**
 * The text itself, to be changed. Positions in it are those in what {@link readText} gives.
 * @param map one that is in a document
 */
export function textOf(map: Y.Map<unknown>, key: string): Y.Text {
  const value = map.get(key);
  const text = isText(value) ? value : converted(map, key);
  if (text.length !== text.toString().length) removeObjects(text);
  return text;
}

function isText(value: unknown): value is Y.Text {
  return value instanceof Y.Text && !(value instanceof Y.XmlText);
}

function converted(map: Y.Map<unknown>, key: string): Y.Text {
  const doc = map.doc!;
  const text = new Y.Text(readText(map, key));
  const own = doc.clientID;
  doc.transact(() => {
    doc.clientID = converterOf(map, key);
    map.set(key, text);
    doc.clientID = own;
  });
  return text;
}

/** A client number that is the same for all who see the same value under this key, and for nobody else. */
function converterOf(map: Y.Map<unknown>, key: string): number {
  // eslint-disable-next-line no-underscore-dangle -- the only way to what lies there
  const { client, clock } = map._map.get(key)?.lastId ?? map._item?.id ?? { client: 0, clock: 0 };
  const bytes = digest(new TextEncoder().encode(`${client}/${clock}/${key}`));
  return FIRST_CONVERTER + bytes.slice(0, 6).reduce((number, byte) => number * 256 + byte, 0);
}

/** What is no text, as only a hostile peer puts there, would shift every position behind it. */
function removeObjects(text: Y.Text): void {
  const ops = text.toDelta() as { insert: unknown }[];
  let at = 0;
  text.doc?.transact(() => {
    for (const { insert } of ops) {
      if (typeof insert === 'string') at += insert.length;
      else text.delete(at, 1);
    }
  });
}
