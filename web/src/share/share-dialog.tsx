import { Button, CopyButton, Group, NativeSelect } from '@mantine/core';
import type { DocumentSession } from '@syncline/client';
import { reaches, type Role } from '@syncline/protocol';
import { QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { relativeTime } from '../home/relative-time.ts';
import { accessOf } from '../access/document-access.ts';
import { queries } from '../rest/queries.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Copyable } from '../ui/copyable.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { describedEnd, ExpirySelect, expiryOf } from '../ui/expiry.tsx';
import { useNow } from '../ui/use-now.ts';
import { type Link, useLinks } from './links.ts';
import classes from './share.module.css';

const ROLE_CHOICES = [
  { value: 'viewer', label: 'Can view' },
  { value: 'commenter', label: 'Can comment' },
  { value: 'editor', label: 'Can edit' },
] as const satisfies { value: Role; label: string }[];

export default function ShareDialog({ session, onClose }: { session: DocumentSession; onClose: () => void }) {
  return (
    <Dialog opened onClose={onClose} title="Share this plan" size="lg">
      <QueryClientProvider client={queries}>
        <Ways session={session} />
      </QueryClientProvider>
    </Dialog>
  );
}

function Ways({ session }: { session: DocumentSession }) {
  const { by, role } = accessOf(session.name);
  const address = window.location.href;
  if (by === 'name') {
    return (
      <>
        <p className={classes['words']}>
          This server has no keys: whoever reaches it can open and edit every plan. To share this one, send its address.
        </p>
        <Copyable label="Address" text={address} />
      </>
    );
  }
  if (reaches(role, 'editor')) return <Links session={session} />;
  return (
    <>
      <p className={classes['words']}>
        You can view this plan. Who can edit it can also share it: ask them for a link. Whoever may open it already
        needs its address only.
      </p>
      <Copyable label="Address" text={address} />
    </>
  );
}

function Links({ session }: { session: DocumentSession }) {
  const { list, create, revoke } = useLinks(session);
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState('');
  const problem = create.error ?? revoke.error;
  return (
    <>
      <form
        className={classes['form']}
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ role, ...expiryOf(days) });
        }}
      >
        <NativeSelect
          label="Whoever has the link"
          data={ROLE_CHOICES}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
          data-autofocus
        />
        <ExpirySelect value={days} onChange={setDays} />
        <Button type="submit" loading={create.isPending}>
          Create link
        </Button>
      </form>
      {role === 'commenter' && (
        <p className={classes['words']}>Comments are not built yet: until they are, this link lets people view.</p>
      )}
      {problem && (
        <p role="alert" className={classes['problem']}>
          {problem.message}
        </p>
      )}
      <section className={classes['links']} aria-labelledby="links" aria-busy={list.isPending}>
        <h3 id="links">Links to this plan</h3>
        {list.error && (
          <p role="alert" className={classes['problem']}>
            They cannot be listed: {list.error.message}
          </p>
        )}
        {list.data?.length === 0 && <p className={classes['words']}>None yet: only who has a key can open it.</p>}
        <ul>
          {list.data?.map((link) => (
            <LinkRow
              key={link.id}
              link={link}
              isNew={link.id === create.data?.id}
              isRevoking={revoke.isPending && revoke.variables === link.id}
              onRevoke={() => revoke.mutate(link.id)}
            />
          ))}
        </ul>
      </section>
    </>
  );
}

interface LinkRowProps {
  link: Link;
  isNew: boolean;
  isRevoking: boolean;
  onRevoke: () => void;
}

function LinkRow({ link, isNew, isRevoking, onRevoke }: LinkRowProps) {
  const now = useNow();
  const created = Date.parse(link.created_at);
  const can = ROLE_CHOICES.find(({ value }) => value === link.role)?.label ?? link.role;
  return (
    <li className={classes['link']} data-new={isNew || undefined}>
      <div>
        <strong>{can}</strong>
        <span>
          Created {relativeTime(Math.min(created, now), now)}, {describedEnd(link.expires_at)}
        </span>
      </div>
      <Group gap={8} wrap="nowrap">
        <CopyButton value={link.url ?? ''} timeout={1500}>
          {({ copied, copy }) => (
            <Button variant={isNew ? 'filled' : 'default'} size="xs" onClick={copy}>
              {copied ? 'Copied' : 'Copy link'}
            </Button>
          )}
        </CopyButton>
        <ConfirmButton label="Revoke" sure="Shut it now" loading={isRevoking} onConfirm={onRevoke} />
      </Group>
    </li>
  );
}
