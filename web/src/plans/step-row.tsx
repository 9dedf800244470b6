import { IconGripVertical } from '@tabler/icons-react';
import { Button } from '@mantine/core';
import { PLAN_LIMITS, type Step } from '@syncline/protocol';
import { type DragEvent, memo } from 'react';
import type { Presence } from '@syncline/client';
import type * as Y from 'yjs';
import { SharedText } from '../ui/shared-text.tsx';
import { changeMark } from '../ui/change-mark.ts';
import { OWN_CHANGE } from './plan-undo.ts';
import type { StepActions } from './step-actions.ts';
import { onStepKey } from './step-keys.ts';
import { StepMenu } from './step-menu.tsx';
import classes from './steps.module.css';

export interface StepRowProps {
  step: Step;
  /** Where its texts are. */
  map: Y.Map<unknown>;
  /** "2 of 5", for those who do not see the list. */
  position: string;
  /** Others deleted it while this person wrote in it. */
  isDeleted: boolean;
  readOnly: boolean;
  /** Who has just changed it through the gateway. */
  changedBy: Presence | undefined;
  dropMark: 'before' | 'after' | null;
  actions: StepActions;
}

/** One step. */
export const StepRow = memo(function StepRow(props: StepRowProps) {
  const { step, map, position, isDeleted, readOnly, changedBy, dropMark, actions } = props;
  const { id } = step;
  const isEditable = !readOnly && !isDeleted;
  return (
    <li
      className={classes['row']}
      data-step={id}
      data-done={step.done}
      data-deleted={isDeleted}
      data-drop={dropMark}
      {...changeMark(changedBy)}
    >
      {isEditable && <Grip step={step} actions={actions} />}
      <input
        type="checkbox"
        className={classes['check']}
        checked={step.done}
        disabled={!isEditable}
        onChange={(event) => actions.setStepValues(id, { done: event.currentTarget.checked })}
        aria-label={step.title || 'Step without words'}
      />
      <div className={classes['body']}>
        <SharedText
          className={classes['title'] ?? ''}
          place={{ map, key: 'title' }}
          origin={OWN_CHANGE}
          label={isDeleted ? 'Deleted step' : `Step ${position}`}
          placeholder="What is to be done?"
          maxLength={PLAN_LIMITS.stepTitle}
          readOnly={readOnly}
          onFocus={actions.begin}
          onInput={() => actions.write(id)}
          {...(isEditable && { onKeyDown: (event) => onStepKey(event, id, actions) })}
        />
        {step.note !== '' && (
          <p className={classes['note']} dir="auto">
            {step.note}
          </p>
        )}
        {isDeleted && <Deleted id={id} actions={actions} />}
      </div>
      {step.assignee !== '' && (
        <span className={classes['assignee']} dir="auto">
          {step.assignee}
        </span>
      )}
      {!readOnly && <StepMenu step={step} map={map} isDeleted={isDeleted} actions={actions} />}
    </li>
  );
});

/** Told where the person is writing; what they go on writing is kept in the document, too. */
function Deleted({ id, actions }: { id: string; actions: StepActions }) {
  return (
    <div className={classes['deleted']} role="alert">
      <span>This step was deleted while you were writing in it. Your words are kept.</span>
      <Button variant="default" size="xs" onClick={() => actions.restore(id)}>
        Bring it back
      </Button>
      <Button variant="subtle" color="gray" size="xs" onClick={() => actions.letGo(id)}>
        Leave it deleted
      </Button>
    </div>
  );
}

/** For pointers; the keyboard has Alt with an arrow, and the menu has both. */
function Grip({ step, actions }: Pick<StepRowProps, 'step' | 'actions'>) {
  const start = (event: DragEvent<HTMLSpanElement>) => {
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', step.title);
    const row = event.currentTarget.closest('li');
    if (row) event.dataTransfer.setDragImage(row, 16, 16);
    actions.dragStart(step.id);
  };
  return (
    <span className={classes['grip']} draggable onDragStart={start} onDragEnd={() => actions.dragEnd()} aria-hidden>
      <IconGripVertical size={16} />
    </span>
  );
}
