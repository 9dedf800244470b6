/**
 * Setting what a plan and its steps have beside their texts. Each is one transaction, and writes only what differs (M4):
 * a tick that is already set causes no update.
 */
import type { PlanFields, StepFields } from '@syncline/protocol';
import type * as Y from 'yjs';
import { wellFormed } from '../blocks/surface.ts';
import { planRoots } from './roots.ts';
import { checkedPlanFields, checkedStepFields } from './fields.ts';
import { readPlanHead } from './read.ts';
import { readStep } from './step-entry.ts';
import { findStep } from './steps.ts';

export type PlanValues = Omit<PlanFields, 'title'>;
export type StepValues = Omit<StepFields, 'title' | 'note'>;

/** Sets a plan's own values; those that are absent stay. */
export function setPlanValues(doc: Y.Doc, values: PlanValues): void {
  writeDifferent(doc, planRoots(doc).metadata, checkedPlanFields(values), readPlanHead(doc));
}

/**
 * Sets a step's values; those that are absent stay.
 * @throws Refusal `not_found`
 */
export function setStepValues(doc: Y.Doc, id: string, values: StepValues): void {
  const entry = findStep(doc, id, 'step');
  writeDifferent(doc, entry.map, checkedStepFields(values), readStep(entry));
}

function writeDifferent<Values extends object>(doc: Y.Doc, map: Y.Map<unknown>, wanted: Values, current: Values): void {
  doc.transact(() => {
    for (const [name, value] of Object.entries(wanted)) {
      const written: unknown = typeof value === 'string' ? wellFormed(value) : value;
      if (written !== undefined && written !== current[name as keyof Values]) map.set(name, written);
    }
  });
}
