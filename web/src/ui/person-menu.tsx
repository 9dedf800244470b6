import { Button, Popover, TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { signedIn, signOut } from '../access/kept.ts';
import { placeOfPerson } from '../drafts/own-drafts.ts';
import { MAX_NAME_LENGTH, rename, usePerson } from '../person/person.ts';
import { Avatar } from './avatar.tsx';
import classes from './person-menu.module.css';
import { useKeptForm } from './use-kept-form.ts';

/** Who you are to the others, and the place to change your name. */
export function PersonMenu() {
  const person = usePerson();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" trapFocus returnFocus width={280}>
      <Popover.Target>
        <UnstyledButton
          className={classes['target']}
          aria-label={`You are ${person.name}. Change your name`}
          onClick={() => setOpened(!opened)}
        >
          <Avatar name={person.name} color={person.color} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <NameForm name={person.name} onDone={() => setOpened(false)} />
        <SignedIn />
      </Popover.Dropdown>
    </Popover>
  );
}

/** What this browser is let in by, and how to give that up; nothing in open mode. */
function SignedIn() {
  const own = signedIn();
  if (!own) return null;
  return (
    <div className={classes['signedIn']}>
      {own.claims.role === 'admin' && (
        <Button component={Link} href="/keys" variant="subtle" size="xs">
          Keys
        </Button>
      )}
      <Button
        variant="subtle"
        color="gray"
        size="xs"
        onClick={() => {
          signOut();
          window.location.reload();
        }}
      >
        Sign out
      </Button>
    </div>
  );
}

function NameForm({ name, onDone }: { name: string; onDone: () => void }) {
  const { fields, set, discard } = useKeptForm(placeOfPerson('name'), { name });
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        rename(fields.name);
        discard();
        onDone();
      }}
    >
      <TextInput
        label="Your name"
        description="Others see it beside your cursor and your changes."
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        maxLength={MAX_NAME_LENGTH}
        data-autofocus
      />
      <Button type="submit" size="xs" disabled={fields.name.trim() === ''}>
        Save name
      </Button>
    </form>
  );
}
