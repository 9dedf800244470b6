import * as Y from 'yjs';
import type { Update } from './update.ts';

type Store = Y.Doc['store'];

/** Of each client where ranges of clocks begin and how long they are, in order. */
type Ranges = ReadonlyMap<number, readonly { clock: number; len: number }[]>;

/**
 * Whether a document already has all that an update says: each of its items, each of its deletions, those included that
 * wait for others. A reconnecting client sends the whole delete set every time, and one whose earlier update got lost
 * sends what follows it every time; this is what keeps both out of the journal (S5).
 */
export function contains({ store }: Y.Doc, { structs, ds }: Update): boolean {
  return (
    structs.every((struct) => struct instanceof Y.Skip || has(store, struct)) &&
    [...ds.clients].every(([client, ranges]) => ranges.every((range) => hasDeleted(store, client, range)))
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

/** Whether the store has a struct, or keeps it until others come. */
export function has(store: Store, { id: { client, clock }, length }: Update['structs'][number]): boolean {
  const [state, end] = [Y.getState(store, client), clock + length];
  return end <= state || covers(waiting(store.pendingStructs?.update), client, Math.max(clock, state), end);
}

/** Whether all of a range is deleted in the store, or will be when it comes. */
export function hasDeleted(store: Store, client: number, { clock, len }: { clock: number; len: number }): boolean {
  const [state, end] = [Y.getState(store, client), clock + len];
  return (
    areDeleted(store, client, clock, Math.min(end, state)) &&
    covers(waiting(store.pendingDs), client, Math.max(clock, state), end)
  );
}

/** Of clocks that the store has. */
function areDeleted(store: Store, client: number, clock: number, end: number): boolean {
  if (clock >= end) return true;
  const structs = store.clients.get(client)!;
  for (let index = Y.findIndexSS(structs, clock); index < structs.length; index++) {
    const struct = structs[index]!;
    if (struct.id.clock >= end) return true;
    if (!struct.deleted) return false;
  }
  return true;
}

const NOTHING: Ranges = new Map();
/** By the bytes in which Yjs keeps what waits; it puts others in their place when that changes. */
const decoded = new WeakMap<Uint8Array, Ranges>();

/** The structs, or the deletions, that wait. */
function waiting(bytes: Uint8Array | null | undefined): Ranges {
  if (!bytes) return NOTHING;
  const known = decoded.get(bytes);
  if (known) return known;
  const { structs, ds } = Y.decodeUpdateV2(bytes);
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue;
    const range = { clock: struct.id.clock, len: struct.length };
    const ranges = ds.clients.get(struct.id.client);
    if (ranges) ranges.push(range);
    else ds.clients.set(struct.id.client, [range]);
  }
  const ranges = Y.mergeDeleteSets([ds]).clients;
  decoded.set(bytes, ranges);
  return ranges;
}

function covers(ranges: Ranges, client: number, clock: number, end: number): boolean {
  if (clock >= end) return true;
  const own = ranges.get(client) ?? [];
  let [low, high] = [0, own.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (own[middle]!.clock <= clock) low = middle + 1;
    else high = middle;
  }
  const last = own[low - 1];
  return last !== undefined && end <= last.clock + last.len;
}
