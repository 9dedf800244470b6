import type { Step } from '@syncline/protocol';
import { useRef, useState } from 'react';
import { AddStep } from './add-step.tsx';
import type { PlanVerbs } from './plan-verbs.ts';
import { StepProgress } from './step-progress.tsx';
import { StepRow } from './step-row.tsx';
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
  const list = useRef<HTMLOListElement>(null);
  const drag = useStepDrag(steps, (id, after) => verbs.moveStep(id, after));

  const focusTitle = (id: string | undefined) =>
    requestAnimationFrame(() => {
      const row = id ? list.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(id)}"] textarea`) : null;
      (row ?? document.querySelector<HTMLElement>('[data-add-step]'))?.focus();
    });
  const move = (index: number, by: -1 | 1) => {
    const target = index + by;
    if (target < 0 || target >= steps.length) return;
    verbs.moveStep(steps[index]!.id, (by === 1 ? steps[target] : steps[target - 1])?.id ?? null);
    setSaid(`Moved to ${target + 1} of ${steps.length}`);
    focusTitle(steps[index]!.id);
  };
  const remove = (index: number) => {
    verbs.removeStep(steps[index]!.id);
    setSaid('Step deleted. Undo brings it back.');
    focusTitle((steps[index - 1] ?? steps[index + 1])?.id);
  };

  return (
    <section className={classes['steps']} aria-labelledby="steps">
      <div className={classes['heading']}>
        <h2 id="steps">Steps</h2>
        <StepProgress done={steps.filter(({ done }) => done).length} total={steps.length} />
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dragging has its keys in each row */}
      <ol ref={list} onDragOver={drag.over} onDrop={drag.drop}>
        {steps.map((step, index) => (
          <StepRow
            key={step.id}
            step={step}
            position={`${index + 1} of ${steps.length}`}
            readOnly={readOnly}
            dropMark={drag.markOf(step.id)}
            onDragStart={() => drag.start(step.id)}
            onDragEnd={drag.end}
            onEdit={(fields) => verbs.editStep(step.id, fields)}
            onAddAfter={() => {
              setSaid('New step');
              focusTitle(verbs.addStep('New step', step.id));
            }}
            onMove={(by) => move(index, by)}
            onRemove={() => remove(index)}
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
