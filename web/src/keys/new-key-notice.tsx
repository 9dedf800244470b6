import { Button } from '@mantine/core';
import { Copyable } from '../ui/copyable.tsx';
import classes from './keys.module.css';

export interface NewKeyNoticeProps {
  created: { name: string; key: string };
  onDone: () => void;
}

/** Shows a new key, which nobody can show again. */
export function NewKeyNotice({ created, onDone }: NewKeyNoticeProps) {
  return (
    <section className={classes['created']} role="status" aria-label="New key created">
      <p>
        The key of <strong dir="auto">{created.name}</strong> is shown only now: copy it to where it will be used.
      </p>
      <Copyable label="API key" text={created.key} />
      <Button variant="default" size="xs" onClick={onDone}>
        I have copied it
      </Button>
    </section>
  );
}
