/**
 * Setting fields as commands do, texts word by word (M9, M19). Apart from the verbs of which browsers have need, who
 * write texts as they are typed: comparing words takes a library.
 */
import type { PlanFields, StepFields } from '@syncline/protocol';
import type * as Y from 'yjs';
import { planRoots } from './roots.ts';
import { setText } from '../set-text.ts';
import { checkedPlanFields, checkedStepFields } from './fields.ts';
import { readPlanHead } from './read.ts';
import { readStep } from './step-entry.ts';
import { findStep } from './steps.ts';
import { setPlanValues, setStepValues } from './values.ts';

/** Sets a plan's own fields; those that are absent stay. */
export function setPlanFields(doc: Y.Doc, fields: PlanFields): void {
  const { title, ...values } = checkedPlanFields(fields);
  doc.transact(() => {
    setPlanValues(doc, values);
    if (title !== undefined && title !== readPlanHead(doc).title) setText(planRoots(doc).metadata, 'title', title);
  });
}

/**
 * Changes a step's fields; those that are absent stay.
 * @throws Refusal `not_found`
 */
export function editStep(doc: Y.Doc, id: string, fields: StepFields): void {
  const { title, note, ...values } = checkedStepFields(fields);
  const entry = findStep(doc, id, 'step');
  const current = readStep(entry);
  doc.transact(() => {
    setStepValues(doc, id, values);
    if (title !== undefined && title !== current.title) setText(entry.map, 'title', title);
    if (note !== undefined && note !== current.note) setText(entry.map, 'note', note);
  });
}
