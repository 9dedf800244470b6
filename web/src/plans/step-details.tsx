import { Button, Input, TextInput } from '@mantine/core';
import { PLAN_LIMITS, type Step } from '@syncline/protocol';
import { useState } from 'react';
import type * as Y from 'yjs';
import { Dialog } from '../ui/dialog.tsx';
import { SharedText } from '../ui/shared-text.tsx';
import { OWN_CHANGE } from './plan-undo.ts';
import type { StepActions } from './step-actions.ts';
import classes from './steps.module.css';

export interface StepDetailsProps {
  step: Step;
  map: Y.Map<unknown>;
  isDeleted: boolean;
  actions: StepActions;
  onClose: () => void;
}

/** Who does a step, and what else is to be said about it: written into the plan as it is typed. */
export default function StepDetails({ step, map, isDeleted, actions, onClose }: StepDetailsProps) {
  return (
    <Dialog opened onClose={onClose} title="Assignee and note">
      <form
        className={classes['details']}
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
        }}
      >
        {isDeleted && <p role="alert">This step was deleted meanwhile. Its note is kept, and comes back with it.</p>}
        <Assignee step={step} actions={actions} />
        <Input.Wrapper label="Note" labelElement="div">
          <div className={classes['noteField']}>
            <SharedText
              place={{ map, key: 'note' }}
              origin={OWN_CHANGE}
              label="Note"
              maxLength={PLAN_LIMITS.note}
              isMultiline
              onFocus={actions.begin}
              onInput={() => actions.write(step.id)}
            />
          </div>
        </Input.Wrapper>
        <Button type="submit" className={classes['detailsDone']}>
          Done
        </Button>
      </form>
    </Dialog>
  );
}

/** A name, not a text: the last to write it says whose the step is. Others’ names wait while this one is written. */
function Assignee({ step, actions }: Pick<StepDetailsProps, 'step' | 'actions'>) {
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <TextInput
      label="Assignee"
      placeholder="A person or an agent"
      value={draft ?? step.assignee}
      onChange={(event) => {
        const assignee = event.currentTarget.value;
        setDraft(assignee);
        actions.write(step.id);
        actions.setStepValues(step.id, { assignee: assignee.trim() });
      }}
      onBlur={() => setDraft(null)}
      maxLength={PLAN_LIMITS.name}
      data-autofocus
    />
  );
}
