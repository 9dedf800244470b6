import { isComposingKey } from '@syncline/client';
import type { KeyboardEvent } from 'react';
import type { StepActions } from './step-actions.ts';

/** Where the key that is held down was pressed: held on, it does nothing in a field that it has led to. */
let pressedIn: EventTarget | null = null;

/**
 * The keys in a step's title. Enter splits it, Backspace at its beginning joins it to the one before, Delete at its end
 * the next one to it, arrows leave it, Alt with an arrow moves it, Escape takes back what was written and leaves.
 */
export function onStepKey(event: KeyboardEvent<HTMLTextAreaElement>, id: string, actions: StepActions): void {
  const { key, currentTarget: field, nativeEvent, repeat } = event;
  if (isComposingKey(nativeEvent)) return;
  if (!repeat) pressedIn = field;
  else if ((key === 'Backspace' || key === 'Delete') && pressedIn !== field) return event.preventDefault();
  const { selectionStart: from, selectionEnd: to, value } = field;
  const [isAtStart, isAtEnd] = [to === 0, from === value.length];
  const act = (what: () => void) => {
    event.preventDefault();
    what();
  };
  if (event.altKey) {
    if (key === 'ArrowUp') act(() => actions.move(id, -1));
    if (key === 'ArrowDown') act(() => actions.move(id, 1));
    return;
  }
  if (key === 'Enter') return act(() => !repeat && actions.split(id, { from, to }));
  if (key === 'Escape') {
    return act(() => {
      actions.cancel();
      if (field.isConnected) field.blur();
    });
  }
  if (event.shiftKey || event.ctrlKey || event.metaKey) return;
  if (key === 'Backspace' && isAtStart) act(() => !repeat && actions.join(id));
  if (key === 'Delete' && isAtEnd) {
    act(() => {
      if (repeat) return;
      // What it would go on with has just come.
      pressedIn = null;
      actions.joinNext(id);
    });
  }
  const { lineHeight, direction } = getComputedStyle(field);
  const isOneLine = field.scrollHeight < 2 * parseFloat(lineHeight);
  const [back, on] = direction === 'rtl' ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight'];
  if (key === 'ArrowUp' && (isOneLine || isAtStart)) act(() => actions.leave(id, -1, 'end'));
  if (key === 'ArrowDown' && (isOneLine || isAtEnd)) act(() => actions.leave(id, 1, 'start'));
  if (key === back && isAtStart) act(() => actions.leave(id, -1, 'end'));
  if (key === on && isAtEnd) act(() => actions.leave(id, 1, 'start'));
}
