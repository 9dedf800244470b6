import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { unkept } from '../ui/unkept-fields.ts';
import { signInWith } from './exchange.ts';
import classes from './sign-in.module.css';

/** Takes an API key once, and begins the page anew with the token that the server gives for it. */
export function SignInForm() {
  const [key, setKey] = useState('');
  const signIn = useMutation({ mutationFn: signInWith, onSuccess: () => window.location.reload() });
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate(key.trim());
      }}
    >
      <TextInput
        label="API key"
        description="It is shown to the server this once and not kept: this browser is let in for 12 hours."
        placeholder="syn_…"
        classNames={{ input: classes['secret']! }}
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
        error={signIn.error?.message}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        {...unkept('api-key')}
      />
      <Button type="submit" loading={signIn.isPending || signIn.isSuccess} disabled={key.trim() === ''}>
        Sign in
      </Button>
    </form>
  );
}
