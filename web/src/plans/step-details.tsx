import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import type { Step, StepFields } from '@syncline/protocol';
import { useState } from 'react';
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
    <Modal opened onClose={onClose} title="Assignee and note" centered>
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
          maxLength={200}
          data-autofocus
        />
        <Textarea
          label="Note"
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          maxLength={4000}
          autosize
          minRows={2}
          maxRows={8}
        />
        <Button type="submit" className={classes['detailsSave']}>
          Save
        </Button>
      </form>
    </Modal>
  );
}
