import type { Role } from '@syncline/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { callRest } from '../rest/rest.ts';

/** An API key as `/v1/keys` shows it. */
export interface ApiKey {
  id: string;
  name: string;
  role: Role;
  /** null is all. */
  documents: string[] | null;
  last_four: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
}

export interface NewKey {
  name: string;
  role: Role;
  expires_at?: string;
}

const PATH = '/v1/keys';

/** The workspace's API keys, and what an admin does with them. */
export function useKeys() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: [PATH] });
  return {
    list: useQuery({
      queryKey: [PATH],
      queryFn: async ({ signal }) => (await callRest<{ items: ApiKey[] }>({ path: PATH, signal })).items,
    }),
    create: useMutation({
      mutationFn: (body: NewKey) => callRest<ApiKey & { key: string }>({ method: 'POST', path: PATH, body }),
      // What was created is shown this once, and kept nowhere.
      gcTime: 0,
      onSuccess,
    }),
    revoke: useMutation({
      mutationFn: (id: string) => callRest<ApiKey>({ method: 'DELETE', path: `${PATH}/${id}` }),
      onSuccess,
    }),
  };
}
