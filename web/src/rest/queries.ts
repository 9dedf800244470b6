import { QueryClient } from '@tanstack/react-query';

/** What was asked of REST, for all pages. */
export const queries = new QueryClient({
  // A server on this machine answers without any network.
  defaultOptions: {
    queries: { networkMode: 'always', retry: false },
    mutations: { networkMode: 'always', retry: false },
  },
});
