import type { Violation } from './judge.ts';
import { VICTIM_KINDS, type VictimKind } from './victims.ts';

/** What the rounds with one kind of victim have come to. */
export interface Tally {
  rounds: number;
  edits: number;
  editsLost: number;
  commands: number;
  retried: number;
  commandsLost: number;
  /** Edits and commands that took effect twice, half, or under two revisions. */
  doubled: number;
  /** Of somebody who did not get what is committed, did not hear what became of a write, or was shown what is another's. */
  unequal: number;
  /** How many rounds took how long to converge: milliseconds with two significant digits, so that runs add up. */
  convergeMs: Record<string, number>;
}

export type Tallies = Partial<Record<VictimKind, Tally>>;

/** One run of one commit. */
export interface Run {
  date: string;
  commit: string;
  seed: number;
  victims: Tallies;
}

/** What is counted of a round. */
export interface Counted {
  victim: { kind: VictimKind };
  edits: number;
  commands: number;
  retried: number;
  convergeMs: number;
  violations: readonly Violation[];
}

/** Adds a round to the tally of its victim's kind. */
export function count(tallies: Tallies, round: Counted): void {
  const { edits, commands, retried, convergeMs, violations } = round;
  const found = (kinds: Violation['kind'][], how?: Violation['how']) =>
    violations.filter((each) => kinds.includes(each.kind) && (!how || each.how === how)).length;
  const counted: Tally = {
    rounds: 1,
    edits,
    editsLost: found(['lost'], 'edit'),
    commands,
    retried,
    commandsLost: found(['lost'], 'command'),
    doubled: found(['doubled', 'half done', 'answered twice']),
    unequal: found(['not settled', 'foreign']),
    convergeMs: { [Number(convergeMs.toPrecision(2))]: 1 },
  };
  const { kind } = round.victim;
  tallies[kind] = sum([tallies[kind], counted].filter((tally) => tally !== undefined));
}

/** What several tallies come to. */
export function sum(tallies: readonly Tally[]): Tally {
  const total = (key: Exclude<keyof Tally, 'convergeMs'>) => tallies.reduce((all, tally) => all + tally[key], 0);
  const convergeMs: Tally['convergeMs'] = {};
  for (const tally of tallies)
    for (const [ms, rounds] of Object.entries(tally.convergeMs)) convergeMs[ms] = (convergeMs[ms] ?? 0) + rounds;
  return {
    rounds: total('rounds'),
    edits: total('edits'),
    editsLost: total('editsLost'),
    commands: total('commands'),
    retried: total('retried'),
    commandsLost: total('commandsLost'),
    doubled: total('doubled'),
    unequal: total('unequal'),
    convergeMs,
  };
}

/** All runs' tallies by kind of victim, and of all kinds. */
export function addUp(runs: readonly Run[]): { kinds: [VictimKind, Tally][]; all: Tally } {
  const kinds = VICTIM_KINDS.flatMap((kind): [VictimKind, Tally][] => {
    const tallies = runs.flatMap(({ victims }) => victims[kind] ?? []);
    return tallies.length ? [[kind, sum(tallies)]] : [];
  });
  return { kinds, all: sum(kinds.map(([, tally]) => tally)) };
}
