import type { Kind } from '@syncline/protocol';
import type * as Y from 'yjs';
import type { Chance } from '../../../services/sync/sim/random.ts';
import type { Write } from '../history.ts';

/** What people and agents do to documents of one kind. */
export interface Ground {
  kind: Kind;
  /** All that a document says, each word once. */
  says(doc: Y.Doc): object;
  /** Types a word where others type, too. */
  type(doc: Y.Doc, word: string, chance: Chance): void;
  erase(doc: Y.Doc, word: string): void;
  /** Puts something there beside the words. */
  add(doc: Y.Doc, name: string, chance: Chance): void;
  /** What an agent sends next. */
  command(of: CommandOf): GroundCommand;
}

export interface CommandOf {
  id: string;
  chance: Chance;
  /** What the command is to put there. */
  adds: string;
  /** Takes one of the agent's own words that are there, if there is one. */
  takeWord(): string | undefined;
}

export interface GroundCommand {
  effect: Pick<Write, 'adds' | 'removes'>;
  method: 'POST' | 'PATCH';
  /** Below `/v1`. */
  path: string;
  body: object;
  /** What it adds may be taken out by a later one. */
  isWord: boolean;
  /** It must be known what became of it before the next is sent. */
  isCertain: boolean;
}
