import { PLAN_LIMITS } from '@syncline/protocol';
import { IconPlus } from '@tabler/icons-react';
import { type ClipboardEvent, useState } from 'react';
import classes from './steps.module.css';

/** A line under the steps: Enter adds what it says and waits for the next; pasted lines become a step each. */
export function AddStep({ onAdd }: { onAdd: (title: string) => void }) {
  const [draft, setDraft] = useState('');
  const add = (titles: string[]) => {
    for (const title of titles) onAdd(title.slice(0, PLAN_LIMITS.stepTitle));
    setDraft('');
  };
  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    const lines = linesOf(event.clipboardData.getData('text/plain'));
    if (lines.length < 2) return;
    event.preventDefault();
    add(lines);
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

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*(?:[-*]|\d+[.)])?\s*(?:\[[ x]\]\s*)?/i, '').trim())
    .filter((line) => line !== '');
}
