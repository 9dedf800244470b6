import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { HomePage } from './home/home-page.tsx';
import { PlanSkeleton } from './plans/plan-skeleton.tsx';
import { Header } from './ui/header.tsx';
import { MissingPage } from './ui/missing-page.tsx';
import { theme } from './ui/theme.ts';

/** Apart, so that the list of plans does not wait for the editor. */
const PlanPage = lazy(() => import('./plans/plan-page.tsx'));

const queries = new QueryClient({
  // A server on this machine answers without any network.
  defaultOptions: {
    queries: { networkMode: 'always', retry: false },
    mutations: { networkMode: 'always', retry: false },
  },
});

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <Suspense fallback={<Opening />}>
          <Switch>
            <Route path="/">
              <HomePage />
            </Route>
            <Route path="/plan/:id">{({ id }) => <PlanPage id={id} />}</Route>
            <Route>
              <MissingPage />
            </Route>
          </Switch>
        </Suspense>
      </QueryClientProvider>
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
