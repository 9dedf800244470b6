import type { Sending } from '@syncline/model/testing';
import type { DocumentRef, PlanChange, Principal, Verb } from '@syncline/protocol';
import { type Chance, hash } from './random.ts';

/** A command that was sent, and what was answered to each sending. */
export interface Sent {
  id: string;
  ref: DocumentRef;
  principal: Principal;
  verb: Verb;
  /** What it writes, for the log. */
  writes: string;
  sendings: Sending[];
  /** Callers who wait for an answer. */
  underWay: number;
}

/** Makes commands, each of which writes a text of its own. */
export class CommandMaker {
  readonly #chance: Chance;
  #count = 0;
  /** Words that commands have written into documents, for others to quote. */
  readonly #words = new Map<string, string[]>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  make(ref: DocumentRef, revision: number, steps: string[]): Sent {
    const number = (this.#count += 1);
    const token = `t${hash(`token ${number}`, 1).toString(16).padStart(8, '0')}`;
    const words = this.#words.get(ref.id) ?? [];
    this.#words.set(ref.id, words);
    const chance = this.#chance;
    const base = chance.hits(0.15) ? { base_rev: revision } : {};
    const sent = (verb: Verb, writes = token): Sent => ({
      id: `op${number}`,
      ref,
      principal: { type: 'agent', id: `agent${chance.int(2)}`, name: 'Agent' },
      verb,
      writes,
      sendings: [],
      underWay: 0,
    });
    const update = (...changes: PlanChange[]) => sent({ verb: 'plan.update', args: { changes, ...base } });

    if (number <= 2 || chance.hits(0.04))
      return sent({
        verb: 'plan.create',
        args: { title: 'Plan', steps: [{ title: token }], blocks: [paragraph('a plan')] },
      });
    if (words.length && chance.hits(0.4)) {
      const quote = chance.hits(0.8) ? words.at(-1)! : chance.pick(words);
      words.push(token);
      const edit = { op: 'replace_text' as const, quote, quoteRuns: [run(quote)], replacement: [run(token)] };
      return sent({ verb: 'document.edit', args: { edits: [edit], ...base } }, `${token} for ${quote}`);
    }
    if (chance.hits(0.4)) {
      words.push(token);
      return sent({ verb: 'document.edit', args: { edits: [{ op: 'append', blocks: [paragraph(token)] }], ...base } });
    }
    const tick: PlanChange[] =
      steps.length && chance.hits(0.5) ? [{ op: 'edit_step', step: chance.pick(steps), done: chance.hits(0.5) }] : [];
    return update({ op: 'add_step', title: token }, ...tick);
  }
}

function run(text: string) {
  return { text, marks: {} };
}

function paragraph(text: string) {
  return { type: 'paragraph' as const, props: {}, content: [run(text)], children: [] };
}
