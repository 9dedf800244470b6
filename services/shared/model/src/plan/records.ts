import { type DocumentRecord, type PlanSummary, SHORT_ID } from '@syncline/protocol';
import type * as Y from 'yjs';
import { readText } from '../blocks/read.ts';
import { planRoots } from './roots.ts';
import { readPlanHead } from './read.ts';
import { readStep, type StepEntry, stepEntries } from './step-entry.ts';

/**
 * A plan's records (M16). The text is one of its own, so that a tick does not carry it along. A step under an id that no
 * command could name, as only a hostile peer makes them, is left out: no index could hold a key of any length.
 */
export function planRecords(doc: Y.Doc): DocumentRecord[] {
  const steps = stepEntries(doc);
  return [
    { entity: 'document', id: '', data: summaryOf(doc, steps) },
    { entity: 'text', id: '', data: { text: readText(planRoots(doc).document) } },
    ...steps
      .filter(({ id }) => SHORT_ID.test(id))
      .map((step) => {
        const { id, ...fields } = readStep(step);
        return { entity: 'step', id, data: { ...fields, order: step.order } };
      }),
  ];
}

function summaryOf(doc: Y.Doc, steps: StepEntry[]): PlanSummary {
  const { title, status } = readPlanHead(doc);
  return { title, status, done: steps.filter(({ map }) => map.get('done') === true).length, total: steps.length };
}
