import { ActionIcon, Button, Menu, Modal, Textarea, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import type { Step, StepFields } from '@syncline/protocol';
import { useState } from 'react';
import classes from './steps.module.css';

export interface StepMenuProps {
  step: Step;
  onEdit: (fields: StepFields) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

/** What else can be done to a step. */
export function StepMenu({ step, onEdit, onMove, onRemove }: StepMenuProps) {
  const [detailing, setDetailing] = useState(false);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon className={classes['menu']} variant="subtle" color="gray" aria-label={`More for: ${step.title}`}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDetailing(true)}>
            Assignee and note
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowUp size={16} />} rightSection={<kbd>Alt ↑</kbd>} onClick={() => onMove(-1)}>
            Move up
          </Menu.Item>
          <Menu.Item
            leftSection={<IconArrowDown size={16} />}
            rightSection={<kbd>Alt ↓</kbd>}
            onClick={() => onMove(1)}
          >
            Move down
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} />} onClick={onRemove}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={detailing} onClose={() => setDetailing(false)} title="Assignee and note" centered>
        <DetailsForm step={step} onEdit={onEdit} onDone={() => setDetailing(false)} />
      </Modal>
    </>
  );
}

function DetailsForm({ step, onEdit, onDone }: Pick<StepMenuProps, 'step' | 'onEdit'> & { onDone: () => void }) {
  const [assignee, setAssignee] = useState(step.assignee);
  const [note, setNote] = useState(step.note);
  return (
    <form
      className={classes['details']}
      onSubmit={(event) => {
        event.preventDefault();
        onEdit({ assignee: assignee.trim(), note: note.trim() });
        onDone();
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
  );
}
