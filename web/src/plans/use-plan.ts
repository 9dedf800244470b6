import { type PlanHead, planRoots, readPlanHead, readSteps } from '@syncline/model';
import type { Step } from '@syncline/protocol';
import { useMemo, useSyncExternalStore } from 'react';
import type * as Y from 'yjs';
import type { StepsInHand } from './steps-in-hand.ts';

/** A plan without its text, which is the editor's. */
export interface PlanOutline extends PlanHead {
  steps: Step[];
}

/** The plan's own fields and steps, live, with those that were deleted in one's hand. Typing in its text draws nothing. */
export function usePlan(doc: Y.Doc, inHand: StepsInHand): PlanOutline {
  const store = useMemo(() => planStore(doc, inHand), [doc, inHand]);
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

/** What {@link usePlan} listens to. */
export function planStore(doc: Y.Doc, inHand?: StepsInHand) {
  const { metadata, steps } = planRoots(doc);
  let plan: PlanOutline | null = null;
  const known = new Map<string, Step>();
  /** A step that is as it was is the same object, so that its row need not be drawn anew. */
  const same = (step: Step): Step => {
    const before = known.get(step.id);
    if (before && JSON.stringify(before) === JSON.stringify(step)) return before;
    known.set(step.id, step);
    return step;
  };
  const read = (): PlanOutline => ({ ...readPlanHead(doc), steps: readSteps(doc, inHand?.deleted).map(same) });
  return {
    snapshot: () => (plan ??= read()),
    subscribe: (listener: () => void) => {
      const changed = () => {
        plan = null;
        listener();
      };
      // What came between the first drawing and now is not missed.
      plan = null;
      metadata.observeDeep(changed);
      steps.observeDeep(changed);
      const leave = inHand?.subscribe(changed);
      return () => {
        leave?.();
        metadata.unobserveDeep(changed);
        steps.unobserveDeep(changed);
      };
    },
  };
}
