import { Button, Group, Textarea, TextInput } from '@mantine/core';
import { PLAN_LIMITS } from '@syncline/protocol';
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { placeInWorkspace } from '../drafts/own-drafts.ts';
import { useCreateDocument } from '../home/documents.ts';
import classes from '../home/home.module.css';
import { randomId } from '../person/random-id.ts';
import { Dialog } from '../ui/dialog.tsx';
import { useKeptForm } from '../ui/use-kept-form.ts';
import { stepTitles } from './step-lines.ts';

/** Asks for a title and, if one likes, steps; opens the plan once it is made. What was written outlasts all but Cancel. */
export function NewPlanDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title="New plan">
      <NewPlanForm onClose={onClose} />
    </Dialog>
  );
}

function NewPlanForm({ onClose }: { onClose: () => void }) {
  const [, navigate] = useLocation();
  const { fields, set, discard } = useKeptForm(placeInWorkspace('new-plan'), { title: '', steps: '' });
  const { title, steps } = fields;
  // Sent again unchanged it is the same request; changed, it is another.
  // eslint-disable-next-line react/exhaustive-deps -- hence a new key with each change
  const idempotencyKey = useMemo(() => randomId(), [title, steps]);
  const create = useCreateDocument();
  const submit = () => {
    const own = stepTitles(steps).map((step) => ({ title: step }));
    const plan = { kind: 'plan' as const, title: title.trim(), steps: own, idempotencyKey };
    const onSuccess = (path: string) => {
      onClose();
      navigate(path);
    };
    // Discarded also where the dialog was closed meanwhile; why it failed is said below.
    create.mutateAsync(plan, { onSuccess }).then(discard, () => undefined);
  };
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextInput
        label="Title"
        placeholder="What is to be reached?"
        value={title}
        onChange={(event) => set({ title: event.currentTarget.value })}
        maxLength={PLAN_LIMITS.title}
        readOnly={create.isPending}
        data-autofocus
        required
      />
      <Textarea
        label="Steps"
        description="One on each line; you can leave this to an agent."
        value={steps}
        onChange={(event) => set({ steps: event.currentTarget.value })}
        readOnly={create.isPending}
        autosize
        minRows={3}
        maxRows={10}
      />
      {create.error && (
        <p role="alert" className={classes['problem']}>
          {create.error.message} Nothing was created; you can try again.
        </p>
      )}
      <Group justify="flex-end" gap={8}>
        <Button
          variant="default"
          onClick={() => {
            discard();
            onClose();
          }}
        >
          Cancel
        </Button>
        <Button type="submit" loading={create.isPending} disabled={title.trim() === ''}>
          Create plan
        </Button>
      </Group>
    </form>
  );
}
