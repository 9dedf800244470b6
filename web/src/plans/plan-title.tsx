import { isComposingKey } from '@syncline/client';
import { planRoots } from '@syncline/model';
import { PLAN_LIMITS } from '@syncline/protocol';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type * as Y from 'yjs';
import { SharedText } from '../ui/shared-text.tsx';
import { OWN_CHANGE, type PlanUndo } from './plan-undo.ts';
import classes from './plan.module.css';

export interface PlanTitleProps {
  doc: Y.Doc;
  undo: PlanUndo;
  placeholder: string;
  readOnly: boolean;
  /** It is what is to be typed first. */
  isNew: boolean;
}

/** The plan's title. Enter leaves it; Escape takes back what was written, and leaves it. */
export function PlanTitle({ doc, undo, placeholder, readOnly, isNew }: PlanTitleProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isNew) heading.current?.querySelector('textarea')?.focus();
  }, [isNew]);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposingKey(event.nativeEvent) || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault();
    if (event.key === 'Escape') undo.cancelField();
    event.currentTarget.blur();
  };
  return (
    <h1 ref={heading} className={classes['title']}>
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
