import type { Kind, NewStep, PlanStatus } from '@syncline/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { callRest, isRefused } from '../session/rest.ts';

/** A document as `GET /v1/documents` lists it. */
export interface ListedDocument {
  /** `plan:<id>` */
  name: string;
  kind: Kind;
  id: string;
  title: string;
  status: PlanStatus;
  done: number;
  total: number;
  updated_at: string;
}

interface DocumentPage {
  items: ListedDocument[];
  next: string | null;
}

export interface NewPlan {
  title: string;
  steps?: NewStep[];
  markdown?: string;
  idempotencyKey?: string;
}

const PAGE_SIZE = 50;
/** Agents change plans while the list is looked at. */
const REFRESH_MS = 4000;
const LIST_KEY = ['documents'];

export function useDocuments() {
  return useQuery({
    queryKey: LIST_KEY,
    queryFn: ({ signal }) => callRest<DocumentPage>({ path: `/v1/documents?limit=${PAGE_SIZE}`, signal }),
    // Who is not let in is asked to sign in; the server logs each refusal.
    refetchInterval: ({ state }) => (isRefused(state.error, 401) ? false : REFRESH_MS),
    refetchOnWindowFocus: 'always',
  });
}

/** Creates a plan; answers with its id. */
export function useCreatePlan() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ idempotencyKey, ...plan }: NewPlan) => {
      const { document } = await callRest<{ document: string }>({
        method: 'POST',
        path: '/v1/documents',
        body: { kind: 'plan', ...plan },
        idempotencyKey,
      });
      return document.slice(document.indexOf(':') + 1);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: LIST_KEY }),
  });
}
