import { planRoots } from '@syncline/model';
import { PLAN_LIMITS } from '@syncline/protocol';
import type { KeyboardEvent } from 'react';
import type * as Y from 'yjs';
import { SharedText } from '../ui/shared-text.tsx';
import { OWN_CHANGE, type PlanUndo } from './plan-undo.ts';
import classes from './plan.module.css';

export interface PlanTitleProps {
  doc: Y.Doc;
  undo: PlanUndo;
  placeholder: string;
  readOnly: boolean;
}

/** The plan's title. Enter leaves it; Escape takes back what was written, and leaves it. */
export function PlanTitle({ doc, undo, placeholder, readOnly }: PlanTitleProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault();
    if (event.key === 'Escape') undo.cancelField();
    event.currentTarget.blur();
  };
  return (
    <h1 className={classes['title']}>
      <SharedText
        place={{ map: planRoots(doc).metadata, key: 'title' }}
        origin={OWN_CHANGE}
        label="Plan title"
        placeholder={placeholder}
        maxLength={PLAN_LIMITS.title}
        readOnly={readOnly}
        onFocus={() => undo.beginField()}
        onKeyDown={onKeyDown}
      />
    </h1>
  );
}
