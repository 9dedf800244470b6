import { KIND_MODELS, planRoots } from '@syncline/model';
import type { Plan } from '@syncline/protocol';
import { useMemo, useSyncExternalStore } from 'react';
import type * as Y from 'yjs';

/** The plan's own fields and steps, live. Its text is the editor's: typing there draws nothing anew here. */
export function usePlan(doc: Y.Doc): Plan {
  const store = useMemo(() => planStore(doc), [doc]);
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

function planStore(doc: Y.Doc) {
  const { metadata, steps } = planRoots(doc);
  let plan: Plan | null = null;
  return {
    snapshot: () => (plan ??= KIND_MODELS.plan.read(doc)),
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
