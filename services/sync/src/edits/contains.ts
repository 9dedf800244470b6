import * as Y from 'yjs';

type Decoded = ReturnType<typeof Y.decodeUpdate>;

/**
 * Whether a document already has all that an update says: each of its items, each of its deletions. A reconnecting
 * client sends the whole delete set every time; this is what keeps it out of the journal (S5).
 */
export function contains(document: Y.Doc, update: Decoded): boolean {
  return (
    update.structs.every((struct) => {
      const end = struct.id.clock + struct.length;
      return struct instanceof Y.Skip || end <= Y.getState(document.store, struct.id.client);
    }) && [...update.ds.clients].every(([client, ranges]) => ranges.every((range) => deleted(document, client, range)))
  );
}

/**
 * What `state` says and a document does not, what waits for others included. Costs an encoding of the document or two.
 * @param state all of a document, as Yjs encodes it
 * @returns an update, or null when there is nothing
 */
export function missingFrom(document: Y.Doc, state: Uint8Array): Uint8Array | null {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(document));
  const before = Y.encodeStateAsUpdate(copy);
  Y.applyUpdate(copy, state);
  if (Buffer.compare(before, Y.encodeStateAsUpdate(copy)) === 0) return null;
  return Y.diffUpdate(state, Y.encodeStateVector(document));
}

function deleted(document: Y.Doc, client: number, { clock, len }: { clock: number; len: number }): boolean {
  const structs = document.store.clients.get(client);
  const end = clock + len;
  if (!structs || Y.getState(document.store, client) < end) return false;
  for (let index = Y.findIndexSS(structs, clock); index < structs.length; index++) {
    const struct = structs[index]!;
    if (struct.id.clock >= end) return true;
    if (!struct.deleted) return false;
  }
  return true;
}
