import type { RecentChanges } from '@syncline/client';
import type { Step } from '@syncline/protocol';
import { useCallback, useLayoutEffect, useState } from 'react';
import type * as Y from 'yjs';
import { type Toast, ToastNotice } from '../ui/toast.tsx';
import { AddStep } from './add-step.tsx';
import type { PlanUndo } from './plan-undo.ts';
import type { PlanVerbs } from './plan-verbs.ts';
import { type StepActions, stepActions, type StepsState } from './step-actions.ts';
import { StepProgress } from './step-progress.tsx';
import { StepRow } from './step-row.tsx';
import type { StepsInHand } from './steps-in-hand.ts';
import classes from './steps.module.css';
import { useStepDrag } from './use-step-drag.ts';

export interface StepsProps {
  /** In order, and among them those that were deleted while this person wrote in them. */
  steps: Step[];
  inHand: StepsInHand;
  /** Where a step's texts are. */
  mapOf: (id: string) => Y.Map<unknown>;
  verbs: PlanVerbs;
  undo: PlanUndo;
  readOnly: boolean;
  changes: RecentChanges;
}

/** The plan's steps: ticked, written, ordered and added where they stand. */
export function Steps({ steps: shown, inHand, mapOf, verbs, undo, readOnly, changes }: StepsProps) {
  const [said, setSaid] = useState('');
  const [toast, setToast] = useState<Toast | null>(null);
  const closeToast = useCallback(() => setToast(null), []);
  const steps = shown.filter(({ id }) => !inHand.deleted.has(id));
  const drag = useStepDrag(steps, (id, after) => verbs.moveStep(id, after));
  const actions = useStepActions({ steps, inHand, verbs, undo, drag, say: setSaid, offer: setToast });

  return (
    <section className={classes['steps']} aria-labelledby="steps">
      <div className={classes['heading']}>
        <h2 id="steps">Steps</h2>
        <StepProgress done={steps.filter(({ done }) => done).length} total={steps.length} />
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dragging has its keys in each row */}
      <ol onDragOver={drag.over} onDrop={drag.drop}>
        {shown.map((step) => (
          <StepRow
            key={step.id}
            step={step}
            map={mapOf(step.id)}
            position={`${steps.indexOf(step) + 1} of ${steps.length}`}
            isDeleted={inHand.deleted.has(step.id)}
            readOnly={readOnly}
            changedBy={changes.get(step.id)}
            dropMark={drag.markOf(step.id)}
            actions={actions}
          />
        ))}
      </ol>
      {!readOnly && <AddStep onAdd={(title) => verbs.addStep(title)} />}
      <span className="visually-hidden" aria-live="polite">
        {said}
      </span>
      {toast && <ToastNotice toast={toast} onClose={closeToast} />}
    </section>
  );
}

/** The rows' actions: one object for good, which acts on what is current when it is called. */
function useStepActions(current: StepsState): StepActions {
  const [{ actions, setCurrent }] = useState(() => {
    let latest = current;
    return { actions: stepActions(() => latest), setCurrent: (state: StepsState) => (latest = state) };
  });
  useLayoutEffect(() => void setCurrent(current));
  return actions;
}
