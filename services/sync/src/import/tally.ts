import { type Imported, OUTCOMES, type Outcome } from './importer.ts';

/** How many are named at the end; a report names all. */
const MAX_NAMED = 1_000;
const MAX_MAPPED = 20;

const WORDS: Record<Outcome, string> = {
  imported: 'imported',
  updated: 'brought up to the table',
  same: 'there already',
  ahead: 'there already and edited here since',
  diverged: 'left as they are here',
  unreadable: 'not readable',
};

/** Counts what became of rows, for whoever watches and for the end. */
export class Tally {
  readonly #expected: { names: number; unnamed: number };
  readonly #counts: Record<Outcome, number> = {
    imported: 0,
    updated: 0,
    same: 0,
    ahead: 0,
    diverged: 0,
    unreadable: 0,
  };
  readonly #missing: Imported[] = [];
  readonly #mapped: Imported[] = [];
  #mappedCount = 0;

  constructor(expected: { names: number; unnamed: number }) {
    this.#expected = expected;
  }

  /** Whether all that the table says is here. */
  get complete(): boolean {
    return this.#counts.diverged + this.#counts.unreadable + this.#expected.unnamed === 0;
  }

  add(imported: Imported): void {
    const { name, document, outcome } = imported;
    this.#counts[outcome] += 1;
    if (isMissing(outcome) && this.#missing.length < MAX_NAMED) this.#missing.push(imported);
    if (document.endsWith(`:${name}`)) return;
    this.#mappedCount += 1;
    if (this.#mapped.length < MAX_MAPPED) this.#mapped.push(imported);
  }

  progress(): string {
    const done = OUTCOMES.reduce((sum, outcome) => sum + this.#counts[outcome], 0);
    return `${done} of ${this.#expected.names}: ${this.#said()}`;
  }

  /** What is said at the end. */
  *summary(): Generator<string> {
    if (this.#mappedCount) yield `${this.#mappedCount} names are no ids, and were mapped:`;
    for (const { name, document } of this.#mapped) yield `  ${JSON.stringify(name)} is ${document}`;
    if (this.#mappedCount > this.#mapped.length) yield `  … and so on; --report <file> has all`;
    const { unnamed } = this.#expected;
    if (unnamed) yield `not readable: ${unnamed} rows without a name`;
    for (const { name, document, outcome, reason } of this.#missing)
      yield `${WORDS[outcome]}: ${JSON.stringify(name)} (${document}): ${reason}`;
    const missing = this.#counts.diverged + this.#counts.unreadable;
    if (missing > this.#missing.length) yield `… and ${missing - this.#missing.length} more; --report <file> has all`;
    yield `done: ${this.#said()}`;
  }

  #said(): string {
    const some = OUTCOMES.filter((outcome) => this.#counts[outcome]);
    return some.map((outcome) => `${this.#counts[outcome]} ${WORDS[outcome]}`).join(', ') || 'nothing';
  }
}

function isMissing(outcome: Outcome): boolean {
  return outcome === 'diverged' || outcome === 'unreadable';
}
