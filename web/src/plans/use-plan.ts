import { KIND_MODELS, planRoots } from '@syncline/model';
import type { Plan, Step } from '@syncline/protocol';
import { useMemo, useSyncExternalStore } from 'react';
import type * as Y from 'yjs';

/** The plan's own fields and steps, live. Its text is the editor's: typing there draws nothing anew here. */
export function usePlan(doc: Y.Doc): Plan {
  const store = useMemo(() => planStore(doc), [doc]);
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

/** What {@link usePlan} listens to. */
export function planStore(doc: Y.Doc) {
  const { metadata, steps } = planRoots(doc);
  let plan: Plan | null = null;
  const known = new Map<string, Step>();
  /** A step that is as it was is the same object, so that its row need not be drawn anew. */
  const same = (step: Step): Step => {
    const before = known.get(step.id);
    if (before && JSON.stringify(before) === JSON.stringify(step)) return before;
    known.set(step.id, step);
    return step;
  };
  const read = (): Plan => {
    const fresh = KIND_MODELS.plan.read(doc);
    return { ...fresh, steps: fresh.steps.map(same) };
  };
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
      return () => {
        metadata.unobserveDeep(changed);
        steps.unobserveDeep(changed);
      };
    },
  };
}
