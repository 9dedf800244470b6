import { PLAN_LIMITS } from '@syncline/protocol';
import { IconPlus } from '@tabler/icons-react';
import { type ClipboardEvent, useState } from 'react';
import { stepTitles } from './step-lines.ts';
import classes from './steps.module.css';

/** A line under the steps: Enter adds what it says and waits for the next; pasted lines become a step each. */
export function AddStep({ onAdd }: { onAdd: (title: string) => void }) {
  const [draft, setDraft] = useState('');
  const add = (titles: string[]) => {
    for (const title of titles) onAdd(title);
    setDraft('');
  };
  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    const titles = stepTitles(event.clipboardData.getData('text/plain'));
    if (titles.length < 2) return;
    event.preventDefault();
    add(titles);
  };
  return (
    <form
      className={classes['add']}
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.trim() !== '') add([draft.trim()]);
      }}
    >
      <IconPlus size={16} aria-hidden />
      <input
        data-add-step
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onPaste={onPaste}
        maxLength={PLAN_LIMITS.stepTitle}
        placeholder="Add a step"
        aria-label="Add a step"
      />
    </form>
  );
}
