import { parseDocumentName, Refusal, type Role } from '@syncline/protocol';
import { earlier, type Grant, narrow, reachOf } from './grant.ts';
import { authorize, authorizeWorkspace } from './policy.ts';
import { guestId } from './sources.ts';

/** What is asked of a token. */
export interface TokenWish {
  /** Only these; left out, all that one's own grant reaches. */
  documents?: readonly string[] | undefined;
  /** Left out, one's own, yet at most editor: a page seldom needs more. */
  role?: Role | undefined;
  /** For whom; only who holds an API key or a share link may say. */
  person?: { id: string; name: string } | undefined;
  lifeMs: number;
}

/**
 * The grant of a token that is given for another: never to more, never for longer (A10).
 * @param now milliseconds since 1970
 * @throws Refusal
 */
export function exchange(own: Grant, wish: TokenWish, now: number): Grant {
  const { documents, role } = wish;
  if (documents) for (const name of documents) authorize(own, role ?? 'viewer', refOf(own, name));
  else if (role !== undefined && Object.keys(own.documents).length === 0) authorizeWorkspace(own, role);
  return {
    ...own,
    ...narrow(own, reachOf(role ?? 'editor', documents ?? null)),
    principal: principalOf(own, wish.person),
    expiresAt: earlier(own.expiresAt, now + wish.lifeMs),
  };
}

/** A token is a page's, so it names a person; one who is named already does not become another. */
function principalOf({ principal, source }: Grant, wanted: TokenWish['person']): Grant['principal'] {
  const link = source?.startsWith('link:') ? source.slice('link:'.length) : null;
  if (principal.type === 'agent') return { type: 'person', ...(wanted ?? { id: 'anonymous', name: 'Anonymous' }) };
  if (wanted === undefined) return principal;
  if (link !== null) return { type: 'person', id: guestId(link, wanted.id), name: wanted.name };
  throw new Refusal('forbidden', 'Only an API key or a share link may say for whom a token is; yours names you.');
}

function refOf({ workspace }: Grant, name: string) {
  const parsed = parseDocumentName(name);
  if (parsed === null) throw new Refusal('invalid_request', `"${name}" is no document's name.`);
  return { workspace, ...parsed };
}
