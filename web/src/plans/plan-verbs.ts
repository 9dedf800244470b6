import {
  addStep,
  joinStep,
  moveStep,
  planRoots,
  readSteps,
  removeStep,
  type PlanValues,
  restoreStep,
  setPlanValues,
  setStepValues,
  type StepValues,
  splitStep,
  textOf,
} from '@syncline/model';
import { Refusal, type Step } from '@syncline/protocol';
import type * as Y from 'yjs';
import { OWN_CHANGE, planUndoOf } from './plan-undo.ts';

/** A place in the title of a step, in UTF-16 units. */
export interface StepCaret {
  id: string;
  at: number;
}

/**
 * What a person can do to a plan's fields and steps: the model's verbs, each one step of this person's undo. What
 * concerns a step that somebody has just removed does nothing.
 */
export interface PlanVerbs {
  setValues(values: PlanValues): void;
  addStep(title: string): void;
  setStepValues(id: string, values: StepValues): void;
  moveStep(id: string, after: string | null): void;
  removeStep(id: string): void;
  restoreStep(id: string): void;
  /** Enter: splits a step where the selection is. @returns the step that the caret is at the beginning of afterwards */
  splitStep(id: string, selection: { from: number; to: number }): string | undefined;
  /** Backspace at the beginning. @returns where the caret is afterwards; nothing for the first step */
  joinStep(id: string): StepCaret | undefined;
}

export function planVerbs(doc: Y.Doc): PlanVerbs {
  const undo = planUndoOf(doc);
  const deps = { random: Math.random };
  const alone = <T>(act: () => T): T | undefined => {
    undo.separate();
    try {
      return act();
    } catch (error) {
      if (error instanceof Refusal && error.code === 'not_found') return undefined;
      throw error;
    } finally {
      undo.separate();
    }
  };
  const own = <T>(act: () => T) => alone(() => doc.transact(act, OWN_CHANGE));
  /** Texts that are yet to be made are made before, so that undo does not unmake them. */
  const makeTexts = (steps: (Step | undefined)[]) =>
    doc.transact(() => {
      for (const { id } of steps.filter((step) => step !== undefined)) {
        const map = planRoots(doc).steps.get(id) as Y.Map<unknown>;
        for (const key of ['title', 'note']) textOf(map, key);
      }
    });
  return {
    setValues: (values) => own(() => setPlanValues(doc, values)),
    addStep: (title) => alone(() => addStep(doc, { title }, deps, OWN_CHANGE)),
    setStepValues: (id, values) => own(() => setStepValues(doc, id, values)),
    moveStep: (id, after) => own(() => moveStep(doc, id, after)),
    removeStep: (id) => own(() => removeStep(doc, id)),
    restoreStep: (id) => own(() => restoreStep(doc, id)),
    splitStep(id, selection) {
      makeTexts(readSteps(doc).filter((step) => step.id === id));
      return alone(() => splitStep(doc, id, selection, deps, OWN_CHANGE));
    },
    joinStep(id) {
      const steps = readSteps(doc);
      const index = steps.findIndex((step) => step.id === id);
      makeTexts([steps[index - 1], steps[index]]);
      return own(() => joinStep(doc, id)) ?? undefined;
    },
  };
}
