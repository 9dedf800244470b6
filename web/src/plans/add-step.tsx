import { PLAN_LIMITS } from '@syncline/protocol';
import { IconPlus } from '@tabler/icons-react';
import { type ClipboardEvent, useMemo } from 'react';
import { useParams } from 'wouter';
import { placeInDocument } from '../drafts/own-drafts.ts';
import { useKeptForm } from '../ui/use-kept-form.ts';
import { stepTitles } from './step-lines.ts';
import classes from './steps.module.css';

/** A line under the steps: Enter adds what it says and waits for the next; pasted lines become a step each. */
export function AddStep({ onAdd }: { onAdd: (title: string) => void }) {
  const { id } = useParams<{ id: string }>();
  const place = useMemo(() => placeInDocument(`plan:${id}`, 'new-step'), [id]);
  const { fields, set, discard } = useKeptForm(place, { title: '' });
  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    const titles = stepTitles(event.clipboardData.getData('text/plain'));
    if (titles.length < 2) return;
    event.preventDefault();
    for (const title of titles) onAdd(title);
  };
  return (
    <form
      className={classes['add']}
      onSubmit={(event) => {
        event.preventDefault();
        const title = fields.title.trim();
        if (title === '') return;
        onAdd(title);
        discard();
      }}
    >
      <IconPlus size={16} aria-hidden />
      <input
        data-add-step
        value={fields.title}
        onChange={(event) => set({ title: event.currentTarget.value })}
        onPaste={onPaste}
        maxLength={PLAN_LIMITS.stepTitle}
        placeholder="Add a step"
        aria-label="Add a step"
      />
    </form>
  );
}
