import type { Kind } from '@syncline/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { callRest, isRefused } from '../rest/rest.ts';

/** A document as `GET /v1/documents` lists it. */
export interface ListedDocument {
  /** `<kind>:<id>` */
  document: string;
  kind: Kind;
  id: string;
  title: string;
  updated_at: string;
  /** What else lists show of its kind. */
  [field: string]: unknown;
}

interface DocumentPage {
  items: ListedDocument[];
  next: string | null;
}

/** What a document is made of. */
export interface NewDocument {
  kind: Kind;
  title: string;
  [field: string]: unknown;
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

/** Creates a document; answers with its path in the app. */
export function useCreateDocument() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ idempotencyKey, ...body }: NewDocument & { idempotencyKey?: string }) => {
      const { document } = await callRest<{ document: string }>({
        method: 'POST',
        path: '/v1/documents',
        body,
        idempotencyKey,
      });
      return pathOf(document);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: LIST_KEY }),
  });
}

/** Where the app opens a document. */
export function pathOf(document: string): string {
  return `/${document.replace(':', '/')}`;
}
