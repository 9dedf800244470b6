import { MantineProvider } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { HomeSkeleton } from './home/home-skeleton.tsx';
import { PlanSkeleton } from './plans/plan-skeleton.tsx';
import { Header } from './ui/header.tsx';
import { MissingPage } from './ui/missing-page.tsx';
import { theme } from './ui/theme.ts';

/** Each apart: the list does not wait for the editor, nor a plan for the list. */
const HomePage = lazy(() => import('./home/home-page.tsx'));
const PlanPage = lazy(() => import('./plans/plan-page.tsx'));
const KeysPage = lazy(() => import('./keys/keys-page.tsx'));

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" deduplicateCssVariables={false}>
      <Suspense fallback={window.location.pathname === '/' ? <HomeSkeleton /> : <Opening />}>
        <Switch>
          <Route path="/">
            <HomePage />
          </Route>
          <Route path="/plan/:id">{({ id }) => <PlanPage id={id} />}</Route>
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
  return (
    <>
      <Header />
      <PlanSkeleton />
    </>
  );
}
