import { DatabaseError, type JournalWriter, JournalFull, JournalUnavailable } from '@syncline/journal';
import { type Kind, Refusal } from '@syncline/protocol';
import { KIND_MODELS, serverPlaces } from '@syncline/model';
import * as Y from 'yjs';
import { contains } from './contains.ts';
import { reachesServer } from './reach.ts';
import type { Room } from './room.ts';
import type { Turn } from './turn.ts';
import { isInOrder, readUpdate, type Update } from './update.ts';

export interface RecordDeps {
  journal: JournalWriter;
  limits: { maxUpdateBytes: number; maxDocumentBytes: number };
}

/** An update as a client sent it. */
export interface Sent {
  /** Bytes that nobody else writes to. */
  update: Uint8Array;
  actor: string;
  /** The connection's. */
  turn: Turn;
}

/**
 * Makes a client's update durable: checks it, appends it, and resolves when it is committed and applied.
 * @throws Refusal `invalid_request`, `too_large`, `server_only` or `unavailable`
 */
export function record(deps: RecordDeps, room: Room, { update, actor, turn }: Sent): Promise<void> {
  const { maxUpdateBytes } = deps.limits;
  if (update.length > maxUpdateBytes)
    throw new Refusal('too_large', `The update has ${update.length} bytes; at most ${maxUpdateBytes} are taken.`);
  const said = read(update);
  const take = () => append(deps, room, { update, said, actor });
  return turn.take(() => {
    if (!reachesServer(room.document, room.ref.kind, said)) return take();
    // It may be what another pod has committed and told the client, and what has not come here yet.
    const found = catchUp(room).then(() => requireNotServers(room, said));
    turn.holdUp(found);
    return found.then(take);
  });
}

async function catchUp(room: Room): Promise<void> {
  try {
    await room.catchUp();
  } catch (error) {
    throw refusalOf(error);
  }
}

/**
 * Looks at an update that a command carries as at one from a socket; the room's document may be behind others.
 * @throws Refusal `invalid_request` or `server_only`
 */
export function requireTakeable(room: Room, update: Uint8Array): void {
  requireNotServers(room, read(update));
}

/** @throws Refusal `server_only` */
function requireNotServers({ document, ref: { kind } }: { document: Y.Doc; ref: { kind: Kind } }, said: Update): void {
  if (!reachesServer(document, kind, said)) return;
  throw new Refusal(
    'server_only',
    `Only the server writes in ${serverPlaces(kind).join(' and ')}; there are commands.`,
  );
}

function append(
  deps: RecordDeps,
  room: Room,
  { update, said, actor }: { update: Uint8Array; said: Update; actor: string },
): Promise<void> {
  room.requireCurrent();
  if (contains(room.document, said)) return Promise.resolve();
  requireSpace(room, update, deps.limits.maxDocumentBytes);
  const row = inOrder(update, said);
  return room.hold(async () => {
    try {
      await deps.journal.append({ document: room.id, actor, ...firstRow(room, row) });
    } catch (error) {
      // It may be another database that is there next, or is there already.
      if (error instanceof JournalUnavailable) room.doubt();
      throw refusalOf(error);
    }
  }, row.length);
}

/**
 * Whether the document already has what an update says.
 * @throws Refusal `invalid_request` when that cannot be told, `unavailable` when the journal may lack what is here
 */
export function isKnown(room: Room, update: Uint8Array): boolean {
  room.requireCurrent();
  return contains(room.document, read(update));
}

/**
 * Keeps a document from growing beyond what pods can hold. Who deletes makes room, and is always let.
 * @throws Refusal `too_large`
 */
export function requireSpace(room: Room, update: Uint8Array, maxDocumentBytes: number): void {
  if (room.bytes + update.length <= maxDocumentBytes || read(update).structs.length === 0) return;
  throw new Refusal('too_large', `The document has ${room.bytes} bytes and may have ${maxDocumentBytes}; delete some.`);
}

/** An update that says nothing; merged with another it puts that in order. */
export const NOTHING = Y.encodeStateAsUpdate(new Y.Doc());

/** What is appended while a document may have no row: its seed together with the update, and its names (S7). */
export function firstRow(room: Room, update: Uint8Array) {
  if (room.applied > 0) return { update };
  return { update: withSeed(room.ref.kind, update), birth: room.ref };
}

/** An update as the first of a document. */
export function withSeed(kind: Kind, update: Uint8Array): Uint8Array {
  return Y.mergeUpdates([seedOf(kind), update]);
}

export function seedOf(kind: Kind): Uint8Array {
  return KIND_MODELS[kind].seed;
}

/** What the journal's faults mean to whoever asked. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof JournalUnavailable || error instanceof DatabaseError)
    return new Refusal('unavailable', 'The database cannot be reached just now; send it again.');
  if (error instanceof JournalFull)
    return new Refusal('unavailable', 'More changes are waiting to be saved than can be held; send it again later.');
  return error;
}

/**
 * An update of another's making as a document's first.
 * @throws Refusal `invalid_request` when it is none, `server_only`
 */
export function firstUpdate(kind: Kind, update: Uint8Array): Uint8Array {
  const said = read(update);
  requireNotServers({ document: new Y.Doc(), ref: { kind } }, said);
  return withSeed(kind, inOrder(update, said));
}

function inOrder(update: Uint8Array, said: Update): Uint8Array {
  return isInOrder(said) ? update : Y.mergeUpdates([update, NOTHING]);
}

/** @throws Refusal `invalid_request` */
function read(bytes: Uint8Array): Update {
  try {
    return readUpdate(bytes);
  } catch (error) {
    const why = error instanceof RangeError ? error.message : 'it cannot be read';
    throw new Refusal('invalid_request', `This is no Yjs update in the first encoding: ${why}.`);
  }
}
