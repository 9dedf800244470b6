import type { DocumentSession } from '@syncline/client';
import type { Role } from '@syncline/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { accessOf } from '../access/document-access.ts';
import { isOver } from '../ui/expiry.tsx';
import { callRest, type RestRequest } from '../rest/rest.ts';

/** A share link as `/v1/documents/<name>/links` shows it. */
export interface Link {
  id: string;
  role: Role;
  /** null once it is revoked. */
  url: string | null;
  created_at: string;
  expires_at: string | null;
}

export interface NewLink {
  role: Role;
  expires_at?: string;
}

/** The document's links that still open it, and what can be done with them, as whom this browser is let in. */
export function useLinks({ name }: DocumentSession) {
  const client = useQueryClient();
  const path = `/v1/documents/${name}/links`;
  const queryKey = [path];
  const call = async <T>(request: Omit<RestRequest, 'token'>) =>
    callRest<T>({ ...request, token: await accessOf(name).token() });
  const onSuccess = () => client.invalidateQueries({ queryKey });
  return {
    list: useQuery({
      queryKey,
      queryFn: async ({ signal }) => {
        const { items } = await call<{ items: Link[] }>({ path, signal });
        return items.filter(({ url, expires_at }) => url !== null && !isOver(expires_at));
      },
    }),
    create: useMutation({ mutationFn: (body: NewLink) => call<Link>({ method: 'POST', path, body }), onSuccess }),
    revoke: useMutation({
      mutationFn: (id: string) => call<Link>({ method: 'DELETE', path: `${path}/${id}` }),
      onSuccess,
    }),
  };
}
