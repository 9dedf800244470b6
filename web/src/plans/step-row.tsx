import { Checkbox } from '@mantine/core';
import { IconGripVertical } from '@tabler/icons-react';
import { PLAN_LIMITS, type Step, type StepFields } from '@syncline/protocol';
import type { DragEvent, KeyboardEvent } from 'react';
import { GrowingText } from '../ui/growing-text.tsx';
import { StepMenu } from './step-menu.tsx';
import classes from './steps.module.css';

export interface StepRowProps {
  step: Step;
  /** "2 of 5", for those who do not see the list. */
  position: string;
  readOnly: boolean;
  dropMark: 'before' | 'after' | null;
  onDragStart: () => void;
  onDragEnd: () => void;
  onEdit: (fields: StepFields) => void;
  onAddAfter: () => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

/** One step. Enter begins the next, Backspace in an emptied one deletes it, Alt with an arrow moves it. */
export function StepRow(props: StepRowProps) {
  const { step, position, readOnly, dropMark, onEdit } = props;
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>, draft: string) => {
    if (readOnly) return;
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) props.onAddAfter();
    if (event.key === 'Backspace' && draft === '') {
      event.preventDefault();
      props.onRemove();
    }
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      props.onMove(event.key === 'ArrowUp' ? -1 : 1);
    }
  };
  return (
    <li className={classes['row']} data-step={step.id} data-done={step.done} data-drop={dropMark}>
      {!readOnly && <Grip step={step} onDragStart={props.onDragStart} onDragEnd={props.onDragEnd} />}
      <Checkbox
        className={classes['check']}
        size="sm"
        checked={step.done}
        disabled={readOnly}
        onChange={(event) => onEdit({ done: event.currentTarget.checked })}
        aria-label={step.title}
      />
      <div className={classes['body']}>
        <GrowingText
          className={classes['title']}
          value={step.title}
          label={`Step ${position}`}
          maxLength={PLAN_LIMITS.stepTitle}
          readOnly={readOnly}
          onCommit={(title) => onEdit({ title })}
          onKeyDown={onKeyDown}
        />
        {step.note !== '' && <p className={classes['note']}>{step.note}</p>}
      </div>
      {step.assignee !== '' && <span className={classes['assignee']}>{step.assignee}</span>}
      {!readOnly && <StepMenu step={step} onEdit={onEdit} onMove={props.onMove} onRemove={props.onRemove} />}
    </li>
  );
}

/** For pointers; the keyboard has Alt with an arrow, and the menu has both. */
function Grip({ step, onDragStart, onDragEnd }: Pick<StepRowProps, 'step' | 'onDragStart' | 'onDragEnd'>) {
  const start = (event: DragEvent<HTMLSpanElement>) => {
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', step.title);
    const row = event.currentTarget.closest('li');
    if (row) event.dataTransfer.setDragImage(row, 16, 16);
    onDragStart();
  };
  return (
    <span className={classes['grip']} draggable onDragStart={start} onDragEnd={onDragEnd} aria-hidden>
      <IconGripVertical size={16} />
    </span>
  );
}
