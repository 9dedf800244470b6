import { DatabaseError, type JournalWriter, JournalFull, JournalUnavailable } from '@syncline/journal';
import { type Kind, Refusal } from '@syncline/protocol';
import { KIND_MODELS } from '@syncline/model';
import * as Y from 'yjs';
import { contains } from './contains.ts';
import type { Room } from './room.ts';

export interface RecordDeps {
  journal: JournalWriter;
  limits: { maxUpdateBytes: number; maxDocumentBytes: number };
}

/**
 * Makes a client's update durable: checks it, appends it, and resolves when it is committed and applied.
 * @param update bytes that nobody else writes to
 * @throws Refusal `invalid_request`, `too_large` or `unavailable`
 */
export function record(deps: RecordDeps, room: Room, update: Uint8Array, actor: string): Promise<void> {
  room.requireCurrent();
  const { maxUpdateBytes, maxDocumentBytes } = deps.limits;
  if (update.length > maxUpdateBytes)
    throw new Refusal('too_large', `The update has ${update.length} bytes; at most ${maxUpdateBytes} are taken.`);
  if (contains(room.document, decode(update))) return Promise.resolve();
  requireSpace(room, update, maxDocumentBytes);
  return room.hold(async () => {
    try {
      await deps.journal.append({ document: room.id, actor, ...firstRow(room, update) });
    } catch (error) {
      // It may be another database that is there next, or is there already.
      if (error instanceof JournalUnavailable) room.doubt();
      throw refusalOf(error);
    }
  }, update.length);
}

/**
 * Keeps a document from growing beyond what pods can hold. Who deletes makes room, and is always let.
 * @throws Refusal `too_large`
 */
export function requireSpace(room: Room, update: Uint8Array, maxDocumentBytes: number): void {
  if (room.bytes + update.length <= maxDocumentBytes || decode(update).structs.length === 0) return;
  throw new Refusal('too_large', `The document has ${room.bytes} bytes and may have ${maxDocumentBytes}; delete some.`);
}

/** An update that says nothing. */
export const NOTHING = Y.encodeStateAsUpdate(new Y.Doc());

/** What is appended while a document may have no row: its seed together with the update, and its names (S7). */
export function firstRow(room: Room, update: Uint8Array) {
  if (room.applied > 0) return { update };
  return { update: Y.mergeUpdates([seedOf(room.ref.kind), update]), birth: room.ref };
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

function decode(update: Uint8Array): ReturnType<typeof Y.decodeUpdate> {
  try {
    return Y.decodeUpdate(update);
  } catch {
    throw new Refusal('invalid_request', 'The update is no Yjs update.');
  }
}
