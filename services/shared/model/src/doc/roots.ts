import * as Y from 'yjs';
import { SERVER_ROOT } from '../server.ts';
import { contentOf, keysOf, plainOf, type Type } from './plain.ts';

/**
 * The root in which an application says what lists and search show of its document, if it likes to: a map with `title`
 * and `text`, each a Y.Text or a string.
 */
export const LISTED_ROOT = 'syncline';

/**
 * The application's roots as plain data (M25). A root has no type in a document whose application has not named it
 * there, and naming it here could give it the wrong one: so it is told by what lies in it.
 */
export function readRoots(doc: Y.Doc): Record<string, unknown> {
  const roots = [...doc.share].filter(([name, root]) => name !== SERVER_ROOT && isWritten(root));
  return Object.fromEntries(roots.map(([name, root]) => [name, plainRoot(root)]));
}

/** What the application says under a key of the map for lists; empty where it says nothing. */
export function readListed(doc: Y.Doc, key: 'title' | 'text'): string {
  const root = doc.share.get(LISTED_ROOT);
  const value = root && keysOf(root).get(key);
  return typeof value === 'string' ? value : value instanceof Y.Text ? value.toString() : '';
}

/** One that was only named says nothing, wherever that was. */
function isWritten({ _start, _map }: Type): boolean {
  return _start !== null || _map.size > 0;
}

function plainRoot(root: Type): unknown {
  const [content, keys] = [contentOf(root), keysOf(root)];
  const attributes = Object.fromEntries([...keys].map(([key, value]) => [key, plainOf(value)]));
  if (content === null) return keys.size > 0 ? attributes : null;
  return keys.size > 0 ? { attributes, content } : content;
}
