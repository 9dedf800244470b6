import { IconGripVertical } from '@tabler/icons-react';
import { PLAN_LIMITS, type Step, type StepFields } from '@syncline/protocol';
import { type DragEvent, type KeyboardEvent, memo } from 'react';
import { GrowingText } from '../ui/growing-text.tsx';
import { StepMenu } from './step-menu.tsx';
import classes from './steps.module.css';

export interface StepRowProps {
  step: Step;
  /** "2 of 5", for those who do not see the list. */
  position: string;
  readOnly: boolean;
  dropMark: 'before' | 'after' | null;
  actions: StepActions;
}

/** What can be done to a step, named by its id. The same object at each drawing, or every row is drawn anew. */
export interface StepActions {
  dragStart(id: string): void;
  dragEnd(): void;
  edit(id: string, fields: StepFields): void;
  addAfter(id: string): void;
  move(id: string, by: -1 | 1): void;
  remove(id: string): void;
}

/** One step. Enter begins the next, Backspace in an emptied one deletes it, Alt with an arrow moves it. */
export const StepRow = memo(function StepRow({ step, position, readOnly, dropMark, actions }: StepRowProps) {
  const { id } = step;
  const edit = (fields: StepFields) => actions.edit(id, fields);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>, draft: string) => {
    if (readOnly) return;
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) actions.addAfter(id);
    if (event.key === 'Backspace' && draft === '') {
      event.preventDefault();
      actions.remove(id);
    }
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      actions.move(id, event.key === 'ArrowUp' ? -1 : 1);
    }
  };
  return (
    <li className={classes['row']} data-step={id} data-done={step.done} data-drop={dropMark}>
      {!readOnly && <Grip step={step} actions={actions} />}
      <input
        type="checkbox"
        className={classes['check']}
        checked={step.done}
        disabled={readOnly}
        onChange={(event) => edit({ done: event.currentTarget.checked })}
        aria-label={step.title}
      />
      <div className={classes['body']}>
        <GrowingText
          className={classes['title']}
          value={step.title}
          label={`Step ${position}`}
          maxLength={PLAN_LIMITS.stepTitle}
          readOnly={readOnly}
          onCommit={(title) => edit({ title })}
          onKeyDown={onKeyDown}
        />
        {step.note !== '' && (
          <p className={classes['note']} dir="auto">
            {step.note}
          </p>
        )}
      </div>
      {step.assignee !== '' && (
        <span className={classes['assignee']} dir="auto">
          {step.assignee}
        </span>
      )}
      {!readOnly && (
        <StepMenu step={step} onEdit={edit} onMove={(by) => actions.move(id, by)} onRemove={() => actions.remove(id)} />
      )}
    </li>
  );
});

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
