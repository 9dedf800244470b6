import type { Kind } from '@syncline/protocol';
import type * as Y from 'yjs';
import { DELETED } from './deleted.ts';
import { KIND_MODELS } from './kinds.ts';
import { SERVER_ROOT } from './server.ts';

/** Whether only the server writes in a root's list, or under a key of it, in documents of this kind (M23). */
export function isServerOnly(kind: Kind, root: string, key: string | null): boolean {
  const { serverRoots, deletedIn } = KIND_MODELS[kind];
  return root === SERVER_ROOT || serverRoots.includes(root) || (root === deletedIn && key === DELETED);
}

/** The places where only the server writes, for whoever tried to. */
export function serverPlaces(kind: Kind): string[] {
  const { serverRoots, deletedIn } = KIND_MODELS[kind];
  return [SERVER_ROOT, ...serverRoots, ...(deletedIn === SERVER_ROOT ? [] : [`${deletedIn}.${DELETED}`])];
}

/** What version 0.1.0 wrote in such a place: as a client like all others, by whose number it is not known. */
export function* olderServerItems(doc: Y.Doc, kind: Kind): Generator<Y.Item> {
  const { deletedIn } = KIND_MODELS[kind];
  if (deletedIn === SERVER_ROOT) return;
  for (let item = doc.getMap(deletedIn)._map.get(DELETED) ?? null; item; item = item.left) yield item;
}
