import { Button, Textarea, TextInput } from '@mantine/core';
import { PLAN_LIMITS, type Step, type StepFields } from '@syncline/protocol';
import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import classes from './steps.module.css';

export interface StepDetailsProps {
  step: Step;
  onEdit: (fields: StepFields) => void;
  onClose: () => void;
}

/** Asks who does a step, and what else is to be said about it. */
export default function StepDetails({ step, onEdit, onClose }: StepDetailsProps) {
  const [assignee, setAssignee] = useState(step.assignee);
  const [note, setNote] = useState(step.note);
  return (
    <Dialog opened onClose={onClose} title="Assignee and note">
      <form
        className={classes['details']}
        onSubmit={(event) => {
          event.preventDefault();
          onEdit({ assignee: assignee.trim(), note: note.trim() });
          onClose();
        }}
      >
        <TextInput
          label="Assignee"
          placeholder="A person or an agent"
          value={assignee}
          onChange={(event) => setAssignee(event.currentTarget.value)}
          maxLength={PLAN_LIMITS.name}
          data-autofocus
        />
        <Textarea
          label="Note"
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          maxLength={PLAN_LIMITS.note}
          autosize
          minRows={2}
          maxRows={8}
        />
        <Button type="submit" className={classes['detailsSave']}>
          Save
        </Button>
      </form>
    </Dialog>
  );
}
