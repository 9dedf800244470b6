import { execute } from '@syncline/model';
import type { Position } from '@syncline/journal';
import type { CommandResult, Verb } from '@syncline/protocol';
import type { Random } from '@syncline/runtime';
import * as Y from 'yjs';
import { NOTHING } from '../edits/record.ts';
import type { Room } from '../edits/room.ts';

/**
 * A copy of a room's document on which commands are rehearsed (S9).
 *
 * Always: outside of a rehearsal it says what the room's document says. What a rehearsal wrote is either committed, and
 * then applied to the document as well, or the copy is thrown away (S11). Its client id is kept for the next copy, unless
 * nobody knows whether something was committed under it (S12). It lives only while commands come.
 */
export class Shadow {
  readonly #room: Room;
  readonly #random: Random;
  #copy: Y.Doc | null = null;
  #clientId: number;
  #stopFollowing: (() => void) | null = null;

  constructor(deps: { room: Room; random: Random }) {
    this.#room = deps.room;
    this.#random = deps.random;
    this.#clientId = this.#newClientId();
  }

  /**
   * Carries the command out on the copy.
   * @param accept throws when the update that it makes must not be
   * @returns the update that it makes, and the head on which it was made
   * @throws Refusal when the document cannot take the command
   */
  rehearse(
    verb: Verb,
    accept: (update: Uint8Array) => void,
  ): { update: Uint8Array; result: CommandResult; expect: Position } {
    const copy = this.#copyOfRoom();
    // What a command leaves that has nothing to change.
    let update = NOTHING;
    const take = (made: Uint8Array) => {
      update = update === NOTHING ? made : Y.mergeUpdates([update, made]);
    };
    copy.on('update', take);
    try {
      const result = execute({ kind: this.#room.ref.kind, doc: copy }, verb, { random: this.#random });
      accept(update);
      return { update, result, expect: this.#room.position };
    } catch (error) {
      this.discard();
      throw error;
    } finally {
      copy.off('update', take);
    }
  }

  /** Throws the copy away: what it holds beyond the document was not committed. */
  discard(): void {
    this.#stopFollowing?.();
    this.#stopFollowing = null;
    this.#copy?.destroy();
    this.#copy = null;
  }

  /** The same, when it may have been committed after all. */
  abandon(): void {
    this.discard();
    this.#clientId = this.#newClientId();
  }

  #copyOfRoom(): Y.Doc {
    if (this.#copy) return this.#copy;
    const copy = new Y.Doc({ gc: true });
    copy.clientID = this.#clientId;
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(this.#room.document));
    // The room applies what this copy has written as well; here that is nothing new.
    this.#stopFollowing = this.#room.onApplied((row) => {
      try {
        Y.applyUpdate(copy, row.update);
      } catch {
        // The room has met the same row, and says so; the next command gets a new copy of what it made of it.
        this.discard();
      }
    });
    this.#copy = copy;
    return copy;
  }

  #newClientId(): number {
    return 1 + Math.floor(this.#random() * 0xfffffffe);
  }
}
