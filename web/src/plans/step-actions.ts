import type { Step } from '@syncline/protocol';
import { flushSync } from 'react-dom';
import type { Toast } from '../ui/toast.tsx';
import type { PlanUndo } from './plan-undo.ts';
import type { PlanVerbs, StepCaret } from './plan-verbs.ts';
import type { StepsInHand } from './steps-in-hand.ts';

/** What can be done to a step, named by its id. The same object at each drawing, or every row is drawn anew. */
export interface StepActions extends Pick<PlanVerbs, 'setStepValues'> {
  dragStart(id: string): void;
  dragEnd(): void;
  /** The person begins to write in one of its fields, */
  begin(): void;
  /** writes, */
  write(id: string): void;
  /** or takes back what was written since. */
  cancel(): void;
  /** Splits the title where the selection is. */
  split(id: string, selection: { from: number; to: number }): void;
  /** Appends the step to the one before it; an empty one is deleted. */
  join(id: string): void;
  /** Appends the next step to this one. */
  joinNext(id: string): void;
  /** Puts the caret into the title of a neighbour. */
  leave(id: string, by: -1 | 1, at: 'start' | 'end'): void;
  move(id: string, by: -1 | 1): void;
  remove(id: string): void;
  restore(id: string): void;
  letGo(id: string): void;
}

export interface StepsState {
  steps: Step[];
  inHand: StepsInHand;
  verbs: PlanVerbs;
  undo: PlanUndo;
  drag: { start(id: string): void; end(): void };
  /** Tells those who do not see it. */
  say(words: string): void;
  offer(toast: Toast): void;
}

/** @param current what there is when an action is called */
export function stepActions(current: () => StepsState): StepActions {
  const neighbour = (id: string, by: -1 | 1): Step | undefined => {
    const { steps } = current();
    const index = steps.findIndex((step) => step.id === id);
    return index < 0 ? undefined : steps[index + by];
  };
  const joinInto = (id: string) => {
    const caret = drawn(() => current().verbs.joinStep(id));
    if (caret) focusStep(caret);
  };
  const remove = (id: string) => {
    const { steps, verbs, say, offer } = current();
    const title = steps.find((step) => step.id === id)?.title;
    const target = neighbour(id, -1) ?? neighbour(id, 1);
    drawn(() => verbs.removeStep(id));
    if (target) focusStep({ id: target.id, at: Infinity });
    else focusRow(null);
    const text = title ? `“${shortened(title)}” was deleted.` : 'The step was deleted.';
    say(text);
    offer({ text, action: { label: 'Bring it back', run: () => restore(id) } });
  };
  const restore = (id: string) => {
    drawn(() => current().verbs.restoreStep(id));
    focusStep({ id, at: Infinity });
  };
  return {
    setStepValues: (id, values) => current().verbs.setStepValues(id, values),
    dragStart: (id) => current().drag.start(id),
    dragEnd: () => current().drag.end(),
    begin: () => current().undo.beginField(),
    write: (id) => current().inHand.noteWriting(id),
    cancel: () => current().undo.cancelField(),
    split(id, selection) {
      const made = drawn(() => current().verbs.splitStep(id, selection));
      if (made === undefined) return;
      current().say('New step');
      focusStep({ id: made, at: 0 });
    },
    join(id) {
      if (current().steps.find((step) => step.id === id)?.title === '') remove(id);
      else joinInto(id);
    },
    joinNext(id) {
      const next = neighbour(id, 1);
      if (next) joinInto(next.id);
    },
    leave(id, by, at) {
      const target = neighbour(id, by);
      if (target) focusStep({ id: target.id, at: at === 'start' ? 0 : Infinity });
      else if (by === 1) focusRow(null);
    },
    move(id, by) {
      const { steps, verbs, say } = current();
      const target = steps.findIndex((step) => step.id === id) + by;
      if (!neighbour(id, by)) return;
      const { selectionStart: at } = fieldOf(id) ?? { selectionStart: 0 };
      drawn(() => verbs.moveStep(id, (by === 1 ? steps[target] : steps[target - 1])?.id ?? null));
      say(`Moved to ${target + 1} of ${steps.length}`);
      focusStep({ id, at });
    },
    remove,
    restore,
    letGo(id) {
      const before = document.querySelector(`[data-step="${CSS.escape(id)}"]`)?.previousElementSibling;
      drawn(() => current().inHand.letGo(id));
      focusRow(before);
    },
  };
}

/** What is typed right afterwards must find the new field: it is there before the event is over. */
function drawn<T>(act: () => T): T {
  return flushSync(act);
}

function fieldOf(id: string): HTMLTextAreaElement | null {
  return document.querySelector<HTMLTextAreaElement>(`[data-step="${CSS.escape(id)}"] [data-shared-text="title"]`);
}

/** Puts the caret to the end of a row's title; without a row, into the line for a new step. */
export function focusRow(row: Element | null | undefined): void {
  const id = row instanceof HTMLElement ? row.dataset['step'] : undefined;
  if (id !== undefined) focusStep({ id, at: Infinity });
  else document.querySelector<HTMLElement>('[data-add-step]')?.focus();
}

function focusStep({ id, at }: StepCaret): void {
  const field = fieldOf(id);
  const place = Math.min(at, field?.value.length ?? 0);
  field?.focus();
  field?.setSelectionRange(place, place);
}

const SHORT_LENGTH = 40;

function shortened(title: string): string {
  const characters = [...title];
  return characters.length > SHORT_LENGTH ? `${characters.slice(0, SHORT_LENGTH).join('')}…` : title;
}
