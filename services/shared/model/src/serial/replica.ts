import {
  type CommandResult,
  type ErrorExtra,
  isCreate,
  type DocumentData,
  type Kind,
  Refusal,
  type Seq,
  type Verb,
} from '@syncline/protocol';
import * as Y from 'yjs';
import { KIND_MODELS } from '../kinds.ts';
import { KIND_READERS } from '../kind-readers.ts';
import { execute } from '../execute.ts';
import { readingOf } from './reading.ts';

/** What a verb gives: what the document then says and what it changed, or the refusal. */
export type Outcome = { ok: true; says: string } | { ok: false; code: string; extra: ErrorExtra };

/** A document as it stood at one row after the other, on which verbs are tried. */
export class Replica {
  revision: Seq = 0;
  readonly #kind: Kind;
  readonly #document = new Y.Doc();
  readonly #random: () => number;
  #says: DocumentData;
  /** As long as no verb has written into it. */
  #copy: Y.Doc | null = null;

  constructor(kind: Kind, random: () => number) {
    this.#kind = kind;
    this.#random = random;
    Y.applyUpdate(this.#document, KIND_MODELS[kind].seed);
    this.#says = this.#read(this.#document);
  }

  /** What the verb gives here. */
  outcome(verb: Verb): Outcome {
    const refused = this.#precondition(verb);
    if (refused) return refused;
    const copy = (this.#copy ??= this.#clone());
    try {
      const { changed } = execute({ kind: this.#kind, doc: copy }, verb, { random: this.#random });
      return { ok: true, says: readingOf(this.#says, this.#read(copy), changed) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, code: error.code, extra: error.extra };
      throw error;
    }
  }

  /**
   * Goes on to the next row.
   * @returns what the document then says, and what was told to have changed
   */
  advance(update: Uint8Array, { changed }: CommandResult = { changed: [] }): string {
    const before = this.#says;
    Y.applyUpdate(this.#document, update);
    this.revision += 1;
    this.#copy = null;
    this.#says = this.#read(this.#document);
    return readingOf(before, this.#says, changed);
  }

  /** What a pod looks at before the verb itself. */
  #precondition(verb: Verb): Outcome | null {
    const { args } = verb;
    if (this.revision === 0 && !isCreate(verb)) return { ok: false, code: 'not_found', extra: {} };
    const base = 'base_rev' in args ? args.base_rev : undefined;
    if (base === undefined || base === this.revision) return null;
    return { ok: false, code: 'stale_revision', extra: { revision: this.revision } };
  }

  #clone(): Y.Doc {
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(this.#document));
    copy.once('update', () => (this.#copy = null));
    return copy;
  }

  #read(document: Y.Doc): DocumentData {
    return KIND_READERS[this.#kind].read(document);
  }
}
