import { MantineProvider } from '@mantine/core';
import { DEFAULT_KIND, KINDS } from '@syncline/protocol';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { HomeSkeleton } from './home/home-skeleton.tsx';
import { KIND_PAGES, kindAt } from './kinds.ts';
import { Header } from './ui/header.tsx';
import { MissingPage } from './ui/missing-page.tsx';
import { theme } from './ui/theme.ts';

/** Each apart: the list does not wait for the editor, nor a document for the list. */
const HomePage = lazy(() => import('./home/home-page.tsx'));
const KeysPage = lazy(() => import('./keys/keys-page.tsx'));

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" deduplicateCssVariables={false}>
      <Suspense fallback={window.location.pathname === '/' ? <HomeSkeleton /> : <Opening />}>
        <Switch>
          <Route path="/">
            <HomePage />
          </Route>
          {KINDS.map((kind) => {
            const { Page } = KIND_PAGES[kind];
            return (
              <Route key={kind} path={`/${kind}/:id`}>
                {({ id }) => <Page id={id!} />}
              </Route>
            );
          })}
          <Route path="/keys">
            <KeysPage />
          </Route>
          <Route>
            <MissingPage />
          </Route>
        </Switch>
      </Suspense>
    </MantineProvider>
  );
}

function Opening() {
  const { Skeleton } = KIND_PAGES[kindAt(window.location.pathname) ?? DEFAULT_KIND];
  return (
    <>
      <Header />
      <Skeleton />
    </>
  );
}
