import { Button } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { signedIn } from '../access/kept.ts';
import home from '../home/home.module.css';
import { queries } from '../rest/queries.ts';
import { isRefused } from '../rest/rest.ts';
import { isOver } from '../ui/expiry.tsx';
import { Header } from '../ui/header.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { KeyRow } from './key-row.tsx';
import { useKeys } from './keys.ts';
import classes from './keys.module.css';
import { NewKeyForm } from './new-key-form.tsx';
import { NewKeyNotice } from './new-key-notice.tsx';

const SignInPage = lazy(() => import('../access/sign-in-page.tsx'));

/** `/keys`: the workspace's API keys, for who administers it. */
export default function KeysPage() {
  return (
    <QueryClientProvider client={queries}>
      <Keys />
    </QueryClientProvider>
  );
}

function Keys() {
  usePageTitle('Keys');
  const { list, create, revoke } = useKeys();
  const [isNoted, setNoted] = useState(false);
  const { data, error } = list;
  if (isRefused(error, 401))
    return (
      <Suspense fallback={<Header />}>
        <SignInPage detail="Keys are an admin’s to see: sign in with the API key of an admin." />
      </Suspense>
    );
  const without = error && wordsFor(error);
  if (without) return <Page about={without} />;
  const valid = data?.filter(({ revoked_at, expires_at }) => revoked_at === null && !isOver(expires_at)) ?? [];
  const ended = data?.filter((key) => !valid.includes(key)) ?? [];
  const problem = error ?? create.error ?? revoke.error;
  return (
    <Page about="Agents and scripts come with a key, and people sign in with one. It reaches the plans of this workspace and no other.">
      <NewKeyForm
        isPending={create.isPending}
        onCreate={(key) => {
          setNoted(false);
          return create.mutateAsync(key);
        }}
      />
      {create.data && !isNoted && <NewKeyNotice created={create.data} onDone={() => setNoted(true)} />}
      {problem && (
        <p role="alert" className={home['problem']}>
          {problem.message}{' '}
          {error && (
            <Button variant="default" size="xs" onClick={() => void list.refetch()}>
              Try again
            </Button>
          )}
        </p>
      )}
      <section aria-labelledby="valid-keys" aria-busy={list.isPending}>
        <h2 id="valid-keys" className={classes['heading']}>
          Keys of the workspace <span dir="auto">{signedIn()?.claims.workspace}</span>
        </h2>
        <ul>
          {valid.map((key) => (
            <KeyRow
              key={key.id}
              item={key}
              isRevoking={revoke.isPending && revoke.variables === key.id}
              onRevoke={() => revoke.mutate(key.id)}
            />
          ))}
        </ul>
      </section>
      {ended.length > 0 && (
        <details className={classes['ended']}>
          <summary>{ended.length === 1 ? 'One key that ended' : `${ended.length} keys that ended`}</summary>
          <ul>
            {ended.map((key) => (
              <KeyRow key={key.id} item={key} />
            ))}
          </ul>
        </details>
      )}
    </Page>
  );
}

/** What is said where there are no keys to be shown, if that is so. */
function wordsFor(error: Error): string | undefined {
  if (isRefused(error, 403)) return 'Keys are an admin’s to see, and the key you signed in with is not an admin’s.';
  if (isRefused(error, 404))
    return 'This server has no keys: whoever reaches it can open and edit everything. To let in only who has a key or a link, run it with AUTH_MODE=keys.';
  return undefined;
}

function Page({ about, children }: { about: string; children?: ReactNode }) {
  return (
    <>
      <Header />
      <main className={home['page']}>
        <h1 className={home['title']}>Keys</h1>
        <p className={classes['about']}>{about}</p>
        {children}
      </main>
    </>
  );
}
