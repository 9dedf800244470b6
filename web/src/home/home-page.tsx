import { Button, Group, Menu } from '@mantine/core';
import { IconChevronDown, IconFileText, IconPlus } from '@tabler/icons-react';
import { QueryClientProvider } from '@tanstack/react-query';
import { reaches } from '@syncline/protocol';
import { lazy, Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { signedIn } from '../access/kept.ts';
import { currentPerson } from '../person/person.ts';
import { queries } from '../rest/queries.ts';
import { isRefused } from '../rest/rest.ts';
import { SetAsideList } from '../set-aside/list.tsx';
import { Header } from '../ui/header.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { ConnectAgent } from './connect-agent.tsx';
import { DocumentList } from './document-list.tsx';
import { useCreateDocument, useDocuments } from './documents.ts';
import classes from './home.module.css';
import { BEGINNING } from './kinds.ts';

const SignInPage = lazy(() => import('../access/sign-in-page.tsx'));

/** The documents of this workspace, a way to begin one, and how to let an agent in. */
export default function HomePage() {
  return (
    <QueryClientProvider client={queries}>
      <Home />
    </QueryClientProvider>
  );
}

function Home() {
  usePageTitle(BEGINNING.plural);
  const documents = useDocuments();
  const [creating, setCreating] = useState(false);
  const sample = useSample();
  const own = signedIn();
  const mayWrite = !own || reaches(own.claims.role, 'editor');
  if (isRefused(documents.error, 401))
    return (
      <Suspense fallback={<Header />}>
        <SignInPage />
      </Suspense>
    );
  return (
    <>
      <Header />
      <main className={classes['page']}>
        <Group className={classes['heading']} justify="space-between" wrap="nowrap">
          <h1 className={classes['title']}>{BEGINNING.plural}</h1>
          {mayWrite && (
            <Group gap={1} wrap="nowrap">
              <Button
                className={classes['newPlan']}
                leftSection={<IconPlus size={16} />}
                onClick={() => setCreating(true)}
              >
                {BEGINNING.action}
              </Button>
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button className={classes['more']} aria-label="Other ways to begin" loading={sample.isPending}>
                    <IconChevronDown size={16} />
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item leftSection={<IconFileText size={16} />} onClick={sample.open}>
                    {BEGINNING.sample.name}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </Group>
          )}
        </Group>
        {sample.error && (
          <p role="alert" className={classes['problem']}>
            {BEGINNING.sample.name} was not made: {sample.error.message}
          </p>
        )}
        <DocumentList query={documents} mayWrite={mayWrite} onNew={() => setCreating(true)} onSample={sample.open} />
        <SetAsideList />
        <ConnectAgent />
      </main>
      <BEGINNING.Dialog opened={creating} onClose={() => setCreating(false)} />
    </>
  );
}

/** One sample per person: asked for again, the same one opens. */
function useSample() {
  const [, navigate] = useLocation();
  const { mutate, isPending, error } = useCreateDocument();
  const { document } = BEGINNING.sample;
  const open = () =>
    mutate(
      { ...document, idempotencyKey: `sample-${document.kind}-${currentPerson().id}` },
      { onSuccess: (path) => navigate(path) },
    );
  return { open, isPending, error };
}
