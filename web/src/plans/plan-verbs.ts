import { addStep, editStep, moveStep, removeStep, setPlanFields } from '@syncline/model';
import { type PlanFields, Refusal, type StepFields } from '@syncline/protocol';
import type * as Y from 'yjs';
import { OWN_CHANGE } from './plan-undo.ts';

/** What a person can do to a plan's fields and steps: the model's verbs, each one step of this person's undo. */
export interface PlanVerbs {
  setFields(fields: PlanFields): void;
  addStep(title: string, after?: string | null): string | undefined;
  editStep(id: string, fields: StepFields): void;
  moveStep(id: string, after: string | null): void;
  removeStep(id: string): void;
}

export function planVerbs(doc: Y.Doc): PlanVerbs {
  const own = <T>(act: () => T): T | undefined => {
    try {
      return doc.transact(act, OWN_CHANGE);
    } catch (error) {
      // Somebody has just removed the step: it is gone from the screen, too.
      if (error instanceof Refusal && error.code === 'not_found') return undefined;
      throw error;
    }
  };
  return {
    setFields: (fields) => own(() => setPlanFields(doc, fields)),
    addStep: (title, after) =>
      own(() => addStep(doc, after === undefined ? { title } : { title, after }, { random: Math.random })),
    editStep: (id, fields) => own(() => editStep(doc, id, fields)),
    moveStep: (id, after) => own(() => moveStep(doc, id, after)),
    removeStep: (id) => own(() => removeStep(doc, id)),
  };
}
