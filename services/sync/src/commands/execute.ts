import { createHash } from 'node:crypto';
import {
  type AppendCommand,
  HeadMoved,
  type JournalReader,
  JournalUnavailable,
  type JournalWriter,
} from '@syncline/journal';
import {
  actorOf,
  type CommandResult,
  isCreate,
  type Principal,
  Refusal,
  type Seq,
  updateIn,
  type Verb,
} from '@syncline/protocol';
import { fromBase64 } from 'lib0/buffer';
import type { Random } from '@syncline/runtime';
import { firstRow, refusalOf, requireSpace, requireTakeable } from '../edits/record.ts';
import type { Room } from '../edits/room.ts';
import { Shadow } from './shadow.ts';

export interface Command {
  id: string;
  /** Which call sends it; see {@link Executor.execute}. */
  call?: string | undefined;
  verb: Verb;
  principal: Principal;
}

/** A command with what its payload comes to. */
interface Hashed extends Command {
  hash: string;
  bytes: number;
}

export interface Executed {
  seq: Seq;
  result: CommandResult;
}

export interface ExecuteDeps {
  journal: JournalWriter;
  reader: JournalReader;
  random: Random;
  /** How large a document may become, in stored bytes. */
  maxDocumentBytes: number;
  /** Points at which a fault test kills the process. */
  failpoint: (name: string) => void;
}

/** How often a command is rehearsed again because another pod came first, before it takes the head for itself (S19). */
const TRIES = 4;

/**
 * Carries commands out on one document, each exactly once (S9–S12).
 */
export class Executor {
  readonly #deps: ExecuteDeps;
  readonly #room: Room;
  readonly #shadow: Shadow;
  /** Commands under way here. */
  readonly #running = new Map<string, { hash: string; call: string | undefined; done: Promise<Executed> }>();

  constructor(deps: ExecuteDeps, room: Room) {
    this.#deps = deps;
    this.#room = room;
    this.#shadow = new Shadow({ room, random: deps.random });
  }

  /**
   * @returns the first result, however often the command comes
   * @throws Refusal `in_progress` while another call's copy runs here: its caller has it in hand (S47)
   */
  execute(command: Command): Promise<Executed> {
    // Ids are their sender's own: two agents may both count from 1.
    const id = `${actorOf(command.principal)} ${command.id}`;
    const payload = JSON.stringify(command.verb);
    const hash = createHash('sha256').update(payload).digest('base64url');
    const running = this.#running.get(id);
    if (running && running.hash !== hash) return Promise.reject(reused(command.id));
    if (running) return running.call === command.call ? running.done : Promise.reject(inProgress(command.id));
    const done = this.#room.hold(() => this.#once({ ...command, id, hash, bytes: payload.length }));
    this.#running.set(id, { hash, call: command.call, done });
    const forget = () => this.#running.delete(id);
    done.then(forget, forget);
    return done;
  }

  /** Frees the copy of the document. */
  rest(): void {
    if (this.#running.size === 0) this.#shadow.discard();
  }

  async #once(command: Hashed): Promise<Executed> {
    const { hash } = command;
    let refused: RefusedAt | null = null;
    try {
      for (let tries = 0; tries <= TRIES; tries++) {
        const before = await this.#deps.reader.command(this.#room.id, command.id);
        if (before) {
          if (before.hash !== hash) throw reused(command.id);
          await this.#room.catchUp(before.seq);
          return { seq: before.seq, result: before.result };
        }
        if (refused?.revision === this.#room.applied) throw refused.refusal;
        const outcome = await this.#append(command, tries === TRIES);
        if (outcome && !(outcome instanceof RefusedAt)) return outcome;
        refused = outcome;
        // Others may have come first, unheard of here; and this command itself, by way of another pod.
        await this.#room.catchUp();
      }
    } catch (error) {
      throw refusalOf(error);
    }
    // The last try may have met the command's own effect, by way of another pod.
    const after = await this.#deps.reader.command(this.#room.id, command.id).catch((error: unknown) => {
      throw refusalOf(error);
    });
    if (after?.hash === hash) return { seq: after.seq, result: after.result };
    if (refused) throw refused.refusal;
    throw new Refusal('unavailable', 'Too many others are changing this document; send the command again.');
  }

  /** @returns null when another pod came first */
  async #append({ id, verb, principal, hash, bytes }: Hashed, alone: boolean): Promise<Executed | RefusedAt | null> {
    const { journal } = this.#deps;
    const entry = { document: this.#room.id, actor: actorOf(principal), command: { id, hash } };
    try {
      const executed = alone
        ? await this.#appendAlone(entry, verb)
        : await journal.appendCommand({
            ...entry,
            bytes,
            rehearse: () => this.#rehearse(verb, this.#shadow),
            dropped: (error) => this.#drop(error),
          });
      this.#deps.failpoint('command-committed');
      return executed;
    } catch (error) {
      if (error instanceof RefusedAt) return error;
      if (error instanceof JournalUnavailable) this.#room.doubt();
      if (!(error instanceof HeadMoved)) throw error;
      return null;
    }
  }

  /** Nothing may be rehearsed on top of what was not committed, nor again under an id that may have been. */
  #drop(error: unknown): void {
    if (error instanceof JournalUnavailable) this.#shadow.abandon();
    else this.#shadow.discard();
  }

  /** On a shadow of its own: the shared one may hold what another command has not committed yet. */
  async #appendAlone(entry: Omit<AppendCommand, 'rehearse' | 'dropped' | 'bytes'>, verb: Verb): Promise<Executed> {
    const shadow = new Shadow({ room: this.#room, random: this.#deps.random });
    try {
      return await this.#deps.journal.appendCommandAlone({
        ...entry,
        after: this.#room.position,
        rehearse: (tail) => {
          this.#room.receiveTail(tail);
          return this.#rehearse(verb, shadow);
        },
      });
    } finally {
      shadow.discard();
    }
  }

  #rehearse(verb: Verb, shadow: Shadow) {
    const { applied } = this.#room;
    try {
      this.#room.requireCurrent();
      requireHead(verb, applied);
      const carried = updateIn(verb);
      if (carried !== null) requireTakeable(this.#room, fromBase64(carried));
      const { update, ...rehearsed } = shadow.rehearse(verb, (made) =>
        requireSpace(this.#room, made, this.#deps.maxDocumentBytes),
      );
      return { ...rehearsed, ...firstRow(this.#room, update) };
    } catch (error) {
      throw error instanceof Refusal ? new RefusedAt(error, applied) : error;
    }
  }
}

/** A rehearsal's refusal, which counts only if the document's head is still that revision (S28). */
class RefusedAt extends Error {
  override name = 'RefusedAt';
  readonly refusal: Refusal;
  readonly revision: Seq;

  constructor(refusal: Refusal, revision: Seq) {
    super(refusal.message);
    this.refusal = refusal;
    this.revision = revision;
  }
}

/** @throws Refusal when the verb needs the document at another revision than this */
function requireHead(verb: Verb, head: Seq): void {
  if (head === 0 && !isCreate(verb)) throw new Refusal('not_found', 'There is no such document yet; create it first.');
  const { args } = verb;
  const base = 'base_rev' in args ? args.base_rev : undefined;
  if (base === undefined || base === head) return;
  throw new Refusal(
    'stale_revision',
    `base_rev is ${base}, but the document is at revision ${head}: read it again and decide anew.`,
    { revision: head },
  );
}

function inProgress(id: string): Refusal {
  return new Refusal(
    'in_progress',
    `The command ${JSON.stringify(id)} came before and is still being carried out; sent again, it will get that answer.`,
    { retry_after: 1 },
  );
}

function reused(id: string): Refusal {
  return new Refusal(
    'command_reused',
    `The command id ${JSON.stringify(id.split(' ').at(-1))} was used for another command on this document: choose a new one.`,
  );
}
