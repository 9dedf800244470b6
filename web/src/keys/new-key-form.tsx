import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type Role, ROLES } from '@syncline/protocol';
import { useState } from 'react';
import { ExpirySelect, expiryOf } from '../ui/expiry.tsx';
import { ROLE_NAMES } from './key-row.tsx';
import type { NewKey } from './keys.ts';
import classes from './keys.module.css';

/** As REST has it. */
const MAX_NAME_LENGTH = 128;

/** Asks who will have the key, and what it opens. */
export function NewKeyForm({ isPending, onCreate }: { isPending: boolean; onCreate: (key: NewKey) => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('editor');
  const [days, setDays] = useState('');
  return (
    <form
      className={classes['form']}
      aria-label="New key"
      onSubmit={(event) => {
        event.preventDefault();
        onCreate({ name: name.trim(), role, ...expiryOf(days) });
        setName('');
      }}
    >
      <TextInput
        className={classes['wide']}
        label="Who will use it"
        placeholder="An agent, a script, a person"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={MAX_NAME_LENGTH}
        dir="auto"
        autoComplete="off"
      />
      <NativeSelect
        label="Role"
        data={ROLES.map((value) => ({ value, label: ROLE_NAMES[value] }))}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as Role)}
      />
      <ExpirySelect value={days} onChange={setDays} />
      <Button type="submit" loading={isPending} disabled={name.trim() === ''}>
        Create key
      </Button>
    </form>
  );
}
