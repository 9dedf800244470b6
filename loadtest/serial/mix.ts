import type { BlockInput, Edit, PlanChange, Verb } from '@syncline/protocol';
import type { Chance } from '../../services/sync/sim/random.ts';

/** A command as REST takes it, and as a pod carries it out. */
export interface Command {
  method: 'POST' | 'PATCH' | 'DELETE';
  /** Below `/v1`. */
  path: string;
  body?: Record<string, unknown>;
  ifMatch?: number;
  verb: Verb;
}

/** What all agents together know of a document: its revision, and names in it, some of them of what is gone by now. */
export interface Board {
  id: string;
  revision: number;
  steps: string[];
  blocks: string[];
}

/** So few that a text often has a word once, often not at all, and sometimes twice. */
const WORDS = ['red', 'blue', 'green', 'black', 'white', 'grey'] as const;
const STATUSES = ['draft', 'in_progress', 'done'] as const;
/** What a document begins with, of steps and of paragraphs. */
const FIRST = 3;
/** Older names are forgotten, so that most of those that are used still stand for something. */
const KNOWN = 5;

/** The command with which a document begins; all but the first one are refused. */
export function createCommand({ id }: Board, chance: Chance): Command {
  const steps = Array.from({ length: FIRST }, (_, n) => ({ title: `Step ${n + 1}` }));
  const texts = steps.map(() => sentence(chance));
  return {
    method: 'POST',
    path: '/documents',
    body: { kind: 'plan', id, title: 'Plan', steps, markdown: texts.join('\n\n') },
    verb: { verb: 'plan.create', args: { title: 'Plan', steps, blocks: texts.map(paragraph) } },
  };
}

/** A command that is likely to meet others that are sent at the same time. */
export function drawCommand(board: Board, chance: Chance): Command {
  const command = anyOf(board, chance);
  const { verb: name, args } = command.verb;
  if (name === 'plan.create' || !chance.hits(0.15)) return command;
  const revision = board.revision - (chance.hits(0.2) ? 1 : 0);
  const verb = { ...command.verb, args: { ...args, base_rev: revision } } as Verb;
  if (command.body && chance.hits(0.5)) return { ...command, verb, body: { ...command.body, base_rev: revision } };
  return { ...command, verb, ifMatch: revision };
}

/** Takes in what a command was told to have changed. */
export function learn(board: Board, { verb }: Command, { seq, changed }: { seq: number; changed: string[] }): void {
  board.revision = Math.max(board.revision, seq);
  const steps = verb.verb === 'plan.create' ? FIRST : verb.verb === 'plan.update' ? changed.length : 0;
  remember(board.steps, changed.slice(0, steps));
  remember(board.blocks, changed.slice(steps));
}

function remember(names: string[], used: string[]): void {
  const known = new Set([...names.filter((name) => !used.includes(name)), ...used]);
  names.splice(0, names.length, ...[...known].slice(-KNOWN));
}

function anyOf(board: Board, chance: Chance): Command {
  const step = chance.pick(board.steps);
  const block = chance.pick(board.blocks);
  const after = chance.hits(0.3) ? null : chance.pick(board.steps);
  const title = `Step ${chance.int(100)}`;
  const draws: [weight: number, draw: () => Command][] = [
    [28, () => edit(board, [quoted(chance)])],
    [6, () => edit(board, [{ ...quoted(chance), block }])],
    // All or nothing: the second often meets what the first has just written.
    [6, () => edit(board, [quoted(chance), quoted(chance)])],
    [20, () => editStep(board, step, { done: chance.hits(0.5) })],
    [6, () => editStep(board, step, { title })],
    [4, () => editStep(board, step, { done: true }, after)],
    [4, () => editStep(board, step, {}, after)],
    [7, () => addStep(board, title, after)],
    [6, () => removeStep(board, step)],
    [4, () => setFields(board, { status: chance.pick(STATUSES) })],
    [4, () => edit(board, [{ op: 'append', markdown: sentence(chance) }])],
    [2, () => edit(board, [{ op: 'insert_after', block, markdown: sentence(chance) }])],
    [5, () => edit(board, [{ op: 'delete_block', block }])],
    [2, () => createCommand(board, chance)],
  ];
  let left = chance.next() * draws.reduce((sum, [weight]) => sum + weight, 0);
  return draws.find(([weight]) => (left -= weight) < 0)![1]();
}

/** An edit as REST takes it. */
type EditBody =
  | { op: 'replace_text'; old_text: string; new_text: string; block?: string }
  | { op: 'append'; markdown: string }
  | { op: 'insert_after'; block: string; markdown: string }
  | { op: 'delete_block'; block: string };

function quoted(chance: Chance): EditBody & { op: 'replace_text' } {
  return { op: 'replace_text', old_text: chance.pick(WORDS), new_text: chance.pick(WORDS) };
}

function edit({ id }: Board, edits: EditBody[]): Command {
  const verb = { verb: 'document.edit' as const, args: { edits: edits.map(readEdit) } };
  return { method: 'POST', path: `/documents/plan:${id}/edits`, body: { edits }, verb };
}

/** What the gateway makes of it. The texts hold no Markdown, so that there is nothing to parse. */
function readEdit(body: EditBody): Edit {
  if (body.op === 'delete_block') return body;
  if (body.op === 'append') return { op: body.op, blocks: [paragraph(body.markdown)] };
  if (body.op === 'insert_after') return { op: body.op, block: body.block, blocks: [paragraph(body.markdown)] };
  const { op, old_text, new_text, ...where } = body;
  const [quoteRuns, replacement] = [[run(old_text)], [run(new_text)]];
  return { op, quote: old_text, quoteRuns, replacement, replacementText: new_text, ...where };
}

function editStep(
  board: Board,
  step: string,
  fields: { done?: boolean; title?: string },
  after?: string | null,
): Command {
  const changes: PlanChange[] = [];
  if (Object.keys(fields).length) changes.push({ op: 'edit_step', step, ...fields });
  if (after !== undefined) changes.push({ op: 'move_step', step, after });
  const body = { ...fields, ...(after !== undefined && { after }) };
  return { method: 'PATCH', path: `/plans/${board.id}/steps/${step}`, body, verb: update(changes) };
}

function addStep({ id }: Board, title: string, after: string | null): Command {
  const fields = { title, after };
  return { method: 'POST', path: `/plans/${id}/steps`, body: fields, verb: update([{ op: 'add_step', ...fields }]) };
}

function removeStep({ id }: Board, step: string): Command {
  return { method: 'DELETE', path: `/plans/${id}/steps/${step}`, verb: update([{ op: 'remove_step', step }]) };
}

function setFields({ id }: Board, fields: { status: (typeof STATUSES)[number] }): Command {
  return { method: 'PATCH', path: `/plans/${id}`, body: fields, verb: update([{ op: 'set', ...fields }]) };
}

function update(changes: PlanChange[]): Verb {
  return { verb: 'plan.update', args: { changes } };
}

function sentence(chance: Chance): string {
  return `Some are ${chance.pick(WORDS)} and some ${chance.pick(WORDS)}.`;
}

function paragraph(text: string): BlockInput {
  return { type: 'paragraph', props: {}, content: [run(text)], children: [] };
}

function run(text: string) {
  return { text, marks: {} };
}
