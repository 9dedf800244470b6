/**
 * The verbs on a plan's fields and steps. A button in a browser, a REST call and an MCP tool all end here.
 *
 * Each verb is one transaction, and writes only what differs (M4): a tick that is already set causes no update.
 */
import { type NewStep, type PlanFields, Refusal, type StepFields } from '@syncline/protocol';
import * as Y from 'yjs';
import type { ModelDeps } from '../blocks/content.ts';
import { wellFormed } from '../blocks/surface.ts';
import { planRoots } from '../roots.ts';
import { readText, setText, textOf } from '../text.ts';
import { checkedNewStep, checkedPlanFields, checkedStepFields } from './fields.ts';
import { orderAfter } from './order.ts';
import { readPlanHead } from './read.ts';
import { readStep, type StepEntry, stepEntries } from './step-entry.ts';

const ID_LENGTH = 8;
/** The fields in which people type at the same time (M19). */
const TEXTS: ReadonlySet<string> = new Set(['title', 'note']);

/** Sets a plan's own fields; those that are absent stay. */
export function setPlanFields(doc: Y.Doc, fields: PlanFields): void {
  const wanted = checkedPlanFields(fields);
  const current = readPlanHead(doc);
  const { metadata } = planRoots(doc);
  doc.transact(() => writeDifferent(metadata, wanted, current));
}

/**
 * Adds a step.
 * @param step its fields, and behind which step it goes: null first, absent last
 * @returns its id
 * @throws Refusal `not_found` when there is no step `after`
 */
export function addStep(doc: Y.Doc, step: NewStep & { after?: string | null }, deps: ModelDeps): string {
  const { after, ...fields } = step;
  const checked = checkedNewStep(fields);
  if (typeof after === 'string') find(doc, after, 'after');
  return insertStep(doc, checked, after === undefined ? (stepEntries(doc).at(-1)?.id ?? null) : after, deps);
}

function insertStep(doc: Y.Doc, step: NewStep, after: string | null, deps: ModelDeps): string {
  const { title, done = false, note = '', assignee = '' } = step;
  const id = newStepId(doc, deps);
  const placed = orderAfter(stepEntries(doc), after);
  doc.transact(() => {
    for (const { entry, order } of placed.others) entry.map.set('order', order);
    const map = new Y.Map<unknown>([
      ['title', new Y.Text(wellFormed(title))],
      ['note', new Y.Text(wellFormed(note))],
      ['done', done],
      ['order', placed.order],
    ]);
    if (assignee) map.set('assignee', wellFormed(assignee));
    planRoots(doc).steps.set(id, map);
  });
  return id;
}

/**
 * Begins a new step within a step's title, as Enter does in a list: what stands behind the caret moves into the new
 * one. At the beginning of a title an empty step comes before it, and the step itself stays whole.
 * @param at the caret's place in the title, in UTF-16 units
 * @returns the id of the step that the caret is in afterwards, at the beginning
 * @throws Refusal `not_found`
 */
export function splitStep(doc: Y.Doc, id: string, at: number, deps: ModelDeps): string {
  const entry = find(doc, id, 'step');
  const title = textOf(entry.map, 'title');
  const tail = title.toString().slice(at);
  if (at === 0 && tail !== '') {
    insertStep(doc, { title: '' }, stepBefore(doc, id)?.id ?? null, deps);
    return id;
  }
  return doc.transact(() => {
    title.delete(at, tail.length);
    return insertStep(doc, { title: tail }, id, deps);
  });
}

/**
 * Appends a step to the one before it, as Backspace at its beginning does in a list, and removes it. Its note goes
 * along; its assignee does where the other has none.
 * @returns the step that it became part of, and where in its title, in UTF-16 units; null for the first step
 * @throws Refusal `not_found`
 */
export function joinStep(doc: Y.Doc, id: string): { id: string; at: number } | null {
  const entry = find(doc, id, 'step');
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
 * Changes a step's fields; those that are absent stay.
 * @throws Refusal `not_found`
 */
export function editStep(doc: Y.Doc, id: string, fields: StepFields): void {
  const wanted = checkedStepFields(fields);
  const entry = find(doc, id, 'step');
  doc.transact(() => writeDifferent(entry.map, wanted, readStep(entry)));
}

/**
 * Moves a step behind another.
 * @param after the other's id; null moves it to the first place
 * @throws Refusal `not_found` for either step, `invalid_request` when both are the same
 */
export function moveStep(doc: Y.Doc, id: string, after: string | null): void {
  const entry = find(doc, id, 'step');
  if (after === id) throw new Refusal('invalid_request', 'after: a step cannot come after itself.');
  if (after !== null) find(doc, after, 'after');
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
  const { map } = find(doc, id, 'step');
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

function find(doc: Y.Doc, id: string, field: 'step' | 'after'): StepEntry {
  const entries = stepEntries(doc);
  const entry = entries.find((candidate) => candidate.id === id);
  if (entry) return entry;
  throw new Refusal(
    'not_found',
    `${field}: the plan has no step "${id}". Use an id from "steps", the plan's current ones.`,
    { field, steps: entries.map(readStep).map(({ id, title }) => ({ id, title })) },
  );
}

function writeDifferent(map: Y.Map<unknown>, wanted: object, current: object): void {
  for (const [name, value] of Object.entries(wanted) as [string, unknown][]) {
    const written = typeof value === 'string' ? wellFormed(value) : value;
    if (written === undefined || written === (current as Record<string, unknown>)[name]) continue;
    if (TEXTS.has(name)) setText(map, name, written as string);
    else map.set(name, written);
  }
}

function newStepId(doc: Y.Doc, { random }: ModelDeps): string {
  const { steps } = planRoots(doc);
  for (;;) {
    const id = Array.from({ length: ID_LENGTH }, () => Math.floor(random() * 36).toString(36)).join('');
    if (!steps.has(id)) return id;
  }
}
