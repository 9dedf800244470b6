/**
 * Decides whether what clients were told of their commands is what they would have been told had all commands been
 * carried out one after the other.
 *
 * The order is that of the rows: a command that took effect stands at its row, and must have given what its verb gives
 * on the rows before. A command that was refused stands somewhere between its sending and its answer, where its verb is
 * refused in the same way. No command stands before one that was answered before it was sent.
 *
 * It knows nothing of pods, and learns the journal's rows and the answers from whoever calls it.
 */
import type { Seq } from '@syncline/protocol';
import { type Asked, type History, narrowed, type Span, spansOf } from './history.ts';
import { stable } from './reading.ts';
import { Replica } from './replica.ts';

/** An answer that says no, and between which rows it may stand. */
interface Refused {
  id: string;
  verb: Asked['verb'];
  began: number;
  ended: number;
  told: string;
  lowest: Seq;
  highest: Seq;
}

/**
 * @param random for the ids that verbs make
 * @returns each contradiction, as a sentence that begins with the rule it breaks; none when there is such an order
 */
export function contradictions(history: History, random: () => number): string[] {
  const found: string[] = [];
  const { rows, kept } = history;
  for (const [index, { seq }] of rows.entries())
    if (seq !== index + 1) return [`J1: row ${seq} stands where row ${index + 1} should`];
  found.push(...once(history), ...history.asked.flatMap((command) => answers(command, history)));
  const spans = narrowed(spansOf(history));
  for (const [index, { earliest, latest }] of spans.entries())
    if (earliest > latest) found.push(`S28: row ${index + 1} was answered before a row before it was asked for`);

  const keptAt = new Map(kept.map((command) => [command.seq, command]));
  const asked = new Map(history.asked.map((command) => [command.id, command]));
  const replica = new Replica(history.kind, random);
  let waiting = refusals(history, spans);
  for (const row of [...rows, null]) {
    waiting = settle(replica, waiting, found);
    if (!row) break;
    const own = keptAt.get(row.seq);
    const verb = own && asked.get(own.id)?.verb;
    const outcome = verb && replica.outcome(verb);
    const says = replica.advance(row.update, own?.result);
    if (!own || !outcome) continue;
    if (!outcome.ok) found.push(`S9: ${own.id} took effect at ${row.seq}, where it is to be refused: ${outcome.code}`);
    else if (outcome.says !== says)
      found.push(`S9: ${own.id} left ${says} at ${row.seq}, where its verb leaves ${outcome.says}`);
  }
  for (const { id, told, lowest, highest } of waiting)
    found.push(`S28: ${id} was refused with ${told}, which no row from ${lowest} to ${highest} explains`);
  return found;
}

/** S10: an effect for each command, a command for each effect of those who send commands. */
function once({ rows, kept, asked }: History): string[] {
  const actors = new Set(asked.map(({ actor }) => actor));
  const ids = new Set(asked.map(({ id }) => id));
  const owners = Map.groupBy(kept, ({ seq }) => seq);
  const twice = [...Map.groupBy(kept, ({ id }) => id)].filter(([, effects]) => effects.length > 1);
  return [
    ...twice.map(([id, effects]) => `S10: ${id} took effect ${effects.length} times`),
    ...kept
      .filter(({ id }) => !ids.has(id))
      .map(({ id, seq }) => `S9: ${id} took effect at ${seq}, and nobody sent it`),
    ...rows.flatMap(({ seq, actor }) => {
      const count = owners.get(seq)?.length ?? 0;
      return actors.has(actor) && count !== 1 ? [`S10: row ${seq} of ${actor} is that of ${count} commands`] : [];
    }),
  ];
}

/** What was answered against what is kept. */
function answers({ id, actor, sendings }: Asked, { rows, kept }: History): string[] {
  const own = kept.find((command) => command.id === id);
  const replies = sendings.flatMap(({ reply }) => reply ?? []);
  const expected = own && stable({ ok: true, seq: own.seq, value: own.result });
  const wrong = replies.filter((reply) => reply.ok && stable(reply) !== expected);
  const problems = wrong.map((reply) => `S10: ${id} was answered ${stable(reply)}, and what is kept is ${expected}`);
  if (!own) return problems;
  if (rows[own.seq - 1]?.actor !== actor) problems.push(`S9: row ${own.seq} is not by ${actor}, who sent ${id}`);
  const undecided = sendings.some(({ reply, copied }) => !reply || reply.ok || copied);
  if (!undecided) problems.push(`S11: ${id} was refused, and took effect at ${own.seq}`);
  return problems;
}

/** All refusals, those first that were asked for first. */
function refusals({ asked, kept }: History, spans: readonly Span[]): Refused[] {
  const effects = new Map(kept.map(({ id, seq }) => [id, seq]));
  const all = asked.flatMap(({ id, verb, sendings }) =>
    sendings.flatMap(({ reply, began, ended }) => {
      if (!reply || reply.ok) return [];
      // A command that has taken effect is not refused any more (S10).
      const highest = Math.min(headAt(spans, ended, 'latest possible'), (effects.get(id) ?? Infinity) - 1);
      return [{ id, verb, began, ended, told: toldOf(reply), lowest: headAt(spans, began, 'at least'), highest }];
    }),
  );
  return all.sort((a, b) => a.began - b.began);
}

/** The head at a time: what it was at least, or what it can have been at most. */
function headAt(spans: readonly Span[], time: number, bound: 'at least' | 'latest possible'): Seq {
  return spans.findLastIndex(({ earliest, latest }) => (bound === 'at least' ? latest < time : earliest <= time)) + 1;
}

/**
 * Finds the refusals that can stand here. Each takes the first place that it can, and none a place before one that was
 * answered before it was asked for.
 * @returns those that still wait for their place
 */
function settle(replica: Replica, waiting: readonly Refused[], found: string[]): Refused[] {
  const left: Refused[] = [];
  for (const refused of waiting) {
    const { id, verb, began, told, lowest, highest } = refused;
    if (replica.revision > highest) {
      found.push(`S28: ${id} was refused with ${told}, which no row from ${lowest} to ${highest} explains`);
      continue;
    }
    const mayStand = replica.revision >= lowest && !left.some((other) => other.ended < began);
    const outcome = mayStand ? replica.outcome(verb) : null;
    if (!outcome || outcome.ok || toldOf({ ok: false, error: outcome }) !== told) left.push(refused);
  }
  return left;
}

/** A refusal without its sentence, which is for people. */
function toldOf({ error: { code, extra } }: { ok: false; error: { code: string; extra: object } }): string {
  return stable({ code, extra });
}
