import { isServer, isServerOnly, olderServerItems } from '@syncline/model';
import type { Kind } from '@syncline/protocol';
import * as Y from 'yjs';
import { has, hasDeleted } from './contains.ts';
import type { Update } from './update.ts';

type Struct = Update['structs'][number];

/**
 * Whether an update would change what only the server writes of a document, now or once what it waits for has come
 * (S58). What the document has already is no change, whoever says it again.
 */
export function reachesServer(document: Y.Doc, kind: Kind, { structs, ds }: Update): boolean {
  const { store } = document;
  const older = [...olderServerItems(document, kind)];
  return (
    structs.some((struct) => isServers(struct, kind, older) && !has(store, struct)) ||
    [...ds.clients].some(
      ([client, ranges]) => isServer(client) && !ranges.every((range) => hasDeleted(store, client, range)),
    ) ||
    older.some(({ deleted, id }) => !deleted && ds.clients.get(id.client)?.some((range) => isIn(range, id.clock)))
  );
}

/** Whether a struct is the server's, or lies, or will lie, where the server's do. */
function isServers(struct: Struct, kind: Kind, older: Y.Item[]): boolean {
  if (struct instanceof Y.Skip) return false;
  if (isServer(struct.id.client)) return true;
  if (!(struct instanceof Y.Item)) return false;
  const { parent, parentSub } = struct;
  // Yjs gives an item that hangs on others the place of these.
  return (
    (typeof parent === 'string' && isServerOnly(kind, parent, parentSub)) ||
    [struct.origin, struct.rightOrigin, parent].some(
      (on) => on instanceof Y.ID && (isServer(on.client) || older.some((item) => holds(item, on))),
    )
  );
}

function holds({ id, length }: Y.Item, { client, clock }: Y.ID): boolean {
  return id.client === client && isIn({ clock: id.clock, len: length }, clock);
}

function isIn({ clock, len }: { clock: number; len: number }, at: number): boolean {
  return at >= clock && at < clock + len;
}
