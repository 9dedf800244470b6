/**
 * The verbs on a plan's steps. A button in a browser, a REST call and an MCP tool all end here. Each writes only what
 * differs (M4), in one transaction; only what is made for an undo manager is made in one before.
 */
import { type NewStep, Refusal } from '@syncline/protocol';
import * as Y from 'yjs';
import type { ModelDeps } from '../blocks/content.ts';
import { wellFormed } from '../blocks/surface.ts';
import { planRoots } from './roots.ts';
import { readText, textOf } from '../text.ts';
import { checkedNewStep } from './fields.ts';
import { orderAfter } from './order.ts';
import { readStep, type StepEntry, stepEntries } from './step-entry.ts';

const ID_LENGTH = 8;

/**
 * Adds a step.
 * @param step its fields, and behind which step it goes: null first, absent last
 * @param origin of the transaction that an undo manager tracks; not to be called within one then
 * @returns its id
 * @throws Refusal `not_found` when there is no step `after`
 */
export function addStep(
  doc: Y.Doc,
  step: NewStep & { after?: string | null },
  deps: ModelDeps,
  origin?: unknown,
): string {
  const { after, ...fields } = step;
  const checked = checkedNewStep(fields);
  if (typeof after === 'string') findStep(doc, after, 'after');
  return insertStep(doc, checked, after === undefined ? (stepEntries(doc).at(-1)?.id ?? null) : after, deps, origin);
}

function insertStep(doc: Y.Doc, step: NewStep, after: string | null, deps: ModelDeps, origin: unknown): string {
  const { title, done = false, note = '', assignee = '' } = step;
  const id = newStepId(doc, deps);
  const placed = orderAfter(stepEntries(doc), after);
  const map = new Y.Map<unknown>([
    ['title', new Y.Text(wellFormed(title))],
    ['note', new Y.Text(wellFormed(note))],
    ['done', done],
    ['order', placed.order],
  ]);
  if (assignee) map.set('assignee', wellFormed(assignee));
  const { steps } = planRoots(doc);
  // Undo of its making would delete it with all that others write into it. So it is made removed, outside of what is
  // undone, and brought in: then undo removes it as anybody does.
  if (origin !== undefined) {
    map.set('removed', true);
    doc.transact(() => steps.set(id, map));
  }
  doc.transact(() => {
    for (const { entry, order } of placed.others) entry.map.set('order', order);
    if (origin === undefined) steps.set(id, map);
    else map.delete('removed');
  }, origin);
  return id;
}

/**
 * Begins a new step within a step's title, as Enter does in a list: what stands behind the caret moves into the new
 * one. At the beginning of a title an empty step comes before it, and the step itself stays whole.
 * @param selection what is selected in the title, and goes; where the caret is, in UTF-16 units
 * @param origin as of {@link addStep}
 * @returns the id of the step that the caret is in afterwards, at the beginning
 * @throws Refusal `not_found`
 */
export function splitStep(
  doc: Y.Doc,
  id: string,
  { from, to }: { from: number; to: number },
  deps: ModelDeps,
  origin?: unknown,
): string {
  const entry = findStep(doc, id, 'step');
  const title = textOf(entry.map, 'title');
  const tail = title.toString().slice(to);
  const isBefore = from === 0 && tail !== '';
  // First the new step: whoever goes away in between has words twice, not lost.
  const made = isBefore
    ? insertStep(doc, { title: '' }, stepBefore(doc, id)?.id ?? null, deps, origin)
    : insertStep(doc, { title: tail }, id, deps, origin);
  doc.transact(() => title.delete(from, to - from + (isBefore ? 0 : tail.length)), origin);
  return isBefore ? id : made;
}

/**
 * Appends a step to the one before it, as Backspace at its beginning does in a list, and removes it. Its note goes
 * along; its assignee does where the other has none.
 * @returns the step that it became part of, and where in its title, in UTF-16 units; null for the first step
 * @throws Refusal `not_found`
 */
export function joinStep(doc: Y.Doc, id: string): { id: string; at: number } | null {
  const entry = findStep(doc, id, 'step');
  const before = stepBefore(doc, id);
  if (!before) return null;
  const [title, note] = [textOf(before.map, 'title'), textOf(before.map, 'note')];
  const joined = { title: readText(entry.map, 'title'), note: readText(entry.map, 'note') };
  const at = title.length;
  const assignee = readStep(entry).assignee;
  doc.transact(() => {
    title.insert(at, joined.title);
    if (joined.note) note.insert(note.length, note.length > 0 ? `\n${joined.note}` : joined.note);
    if (assignee && !readStep(before).assignee) before.map.set('assignee', assignee);
    entry.map.set('removed', true);
  });
  return { id: before.id, at };
}

/**
 * Moves a step behind another.
 * @param after the other's id; null moves it to the first place
 * @throws Refusal `not_found` for either step, `invalid_request` when both are the same
 */
export function moveStep(doc: Y.Doc, id: string, after: string | null): void {
  const entry = findStep(doc, id, 'step');
  if (after === id) throw new Refusal('invalid_request', 'after: a step cannot come after itself.');
  if (after !== null) findStep(doc, after, 'after');
  const entries = stepEntries(doc);
  const index = entries.findIndex((other) => other.id === id);
  if ((entries[index - 1]?.id ?? null) === after) return;
  const placed = orderAfter(
    entries.filter((other) => other.id !== id),
    after,
  );
  doc.transact(() => {
    for (const { entry: other, order } of placed.others) other.map.set('order', order);
    entry.map.set('order', placed.order);
  });
}

/**
 * Removes a step: it is marked, not deleted, so that a tick made elsewhere at the same time does not vanish with it
 * should it be brought back.
 * @throws Refusal `not_found`
 */
export function removeStep(doc: Y.Doc, id: string): void {
  const { map } = findStep(doc, id, 'step');
  doc.transact(() => map.set('removed', true));
}

/** Brings a removed step back, with all that was written into it meanwhile. @returns whether it is still there to be brought back */
export function restoreStep(doc: Y.Doc, id: string): boolean {
  const map = planRoots(doc).steps.get(id);
  if (!(map instanceof Y.Map)) return false;
  if (map.has('removed')) doc.transact(() => map.delete('removed'));
  return true;
}

function stepBefore(doc: Y.Doc, id: string): StepEntry | undefined {
  const entries = stepEntries(doc);
  return entries[entries.findIndex((entry) => entry.id === id) - 1];
}

/** @throws Refusal `not_found` that names the field, with the steps that there are */
export function findStep(doc: Y.Doc, id: string, field: 'step' | 'after'): StepEntry {
  const entries = stepEntries(doc);
  const entry = entries.find((candidate) => candidate.id === id);
  if (entry) return entry;
  throw new Refusal(
    'not_found',
    `${field}: the plan has no step "${id}". Use an id from "steps", the plan's current ones.`,
    { field, steps: entries.map(readStep).map(({ id, title }) => ({ id, title })) },
  );
}

function newStepId(doc: Y.Doc, { random }: ModelDeps): string {
  const { steps } = planRoots(doc);
  for (;;) {
    const id = Array.from({ length: ID_LENGTH }, () => Math.floor(random() * 36).toString(36)).join('');
    if (!steps.has(id)) return id;
  }
}
