import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type Role, ROLES } from '@syncline/protocol';
import { placeInWorkspace } from '../drafts/own-drafts.ts';
import { ExpirySelect, expiryOf } from '../ui/expiry.tsx';
import { useKeptForm } from '../ui/use-kept-form.ts';
import { ROLE_NAMES } from './key-row.tsx';
import type { NewKey } from './keys.ts';
import classes from './keys.module.css';

/** As REST has it. */
const MAX_NAME_LENGTH = 128;

const EMPTY: { name: string; role: Role; days: string } = { name: '', role: 'editor', days: '' };

export interface NewKeyFormProps {
  isPending: boolean;
  /** Resolves when there is such a key. */
  onCreate: (key: NewKey) => Promise<unknown>;
}

/** Asks who will have the key, and what it opens. */
export function NewKeyForm({ isPending, onCreate }: NewKeyFormProps) {
  const { fields, set, discard } = useKeptForm(placeInWorkspace('new-key'), EMPTY);
  const { name, role, days } = fields;
  return (
    <form
      className={classes['form']}
      aria-label="New key"
      onSubmit={(event) => {
        event.preventDefault();
        // The page says why it failed.
        onCreate({ name: name.trim(), role, ...expiryOf(days) }).then(discard, () => undefined);
      }}
    >
      <TextInput
        className={classes['wide']}
        label="Who will use it"
        placeholder="An agent, a script, a person"
        value={name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        maxLength={MAX_NAME_LENGTH}
        readOnly={isPending}
        dir="auto"
        autoComplete="off"
      />
      <NativeSelect
        label="Role"
        data={ROLES.map((value) => ({ value, label: ROLE_NAMES[value] }))}
        value={role}
        onChange={(event) => set({ role: event.currentTarget.value as Role })}
      />
      <ExpirySelect value={days} onChange={(value) => set({ days: value })} />
      <Button type="submit" loading={isPending} disabled={name.trim() === ''}>
        Create key
      </Button>
    </form>
  );
}
