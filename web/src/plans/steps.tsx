import type { Step } from '@syncline/protocol';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { AddStep } from './add-step.tsx';
import type { PlanVerbs } from './plan-verbs.ts';
import { StepProgress } from './step-progress.tsx';
import { type StepActions, StepRow } from './step-row.tsx';
import classes from './steps.module.css';
import { useStepDrag } from './use-step-drag.ts';

export interface StepsProps {
  steps: Step[];
  verbs: PlanVerbs;
  readOnly: boolean;
}

/** The plan's steps: ticked, edited, ordered and added where they stand. */
export function Steps({ steps, verbs, readOnly }: StepsProps) {
  const [said, setSaid] = useState('');
  const drag = useStepDrag(steps, (id, after) => verbs.moveStep(id, after));
  const actions = useStepActions({ steps, verbs, drag, say: setSaid });

  return (
    <section className={classes['steps']} aria-labelledby="steps">
      <div className={classes['heading']}>
        <h2 id="steps">Steps</h2>
        <StepProgress done={steps.filter(({ done }) => done).length} total={steps.length} />
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dragging has its keys in each row */}
      <ol onDragOver={drag.over} onDrop={drag.drop}>
        {steps.map((step, index) => (
          <StepRow
            key={step.id}
            step={step}
            position={`${index + 1} of ${steps.length}`}
            readOnly={readOnly}
            dropMark={drag.markOf(step.id)}
            actions={actions}
          />
        ))}
      </ol>
      {!readOnly && <AddStep onAdd={(title) => verbs.addStep(title)} />}
      <span className="visually-hidden" aria-live="polite">
        {said}
      </span>
    </section>
  );
}

interface Current extends Pick<StepsProps, 'steps' | 'verbs'> {
  drag: Pick<ReturnType<typeof useStepDrag>, 'start' | 'end'>;
  say: (words: string) => void;
}

/** The rows' actions: one object for good, which acts on what is current when it is called. */
function useStepActions(current: Current): StepActions {
  const latest = useRef(current);
  useLayoutEffect(() => {
    latest.current = current;
  });
  return useMemo(
    () => ({
      dragStart: (id) => latest.current.drag.start(id),
      dragEnd: () => latest.current.drag.end(),
      edit: (id, fields) => latest.current.verbs.editStep(id, fields),
      addAfter: (id) => {
        latest.current.say('New step');
        focusTitle(latest.current.verbs.addStep('New step', id));
      },
      move: (id, by) => {
        const { steps, verbs, say } = latest.current;
        const index = steps.findIndex((step) => step.id === id);
        const target = index + by;
        if (index < 0 || target < 0 || target >= steps.length) return;
        verbs.moveStep(id, (by === 1 ? steps[target] : steps[target - 1])?.id ?? null);
        say(`Moved to ${target + 1} of ${steps.length}`);
        focusTitle(id);
      },
      remove: (id) => {
        const { steps, verbs, say } = latest.current;
        const index = steps.findIndex((step) => step.id === id);
        verbs.removeStep(id);
        say('Step deleted. Undo brings it back.');
        focusTitle((steps[index - 1] ?? steps[index + 1])?.id);
      },
    }),
    [],
  );
}

/** Once it is drawn; the line for a new step when there is no such step. */
function focusTitle(id: string | undefined): void {
  requestAnimationFrame(() => {
    const row = id && document.querySelector<HTMLElement>(`[data-step="${CSS.escape(id)}"] textarea`);
    (row || document.querySelector<HTMLElement>('[data-add-step]'))?.focus();
  });
}
