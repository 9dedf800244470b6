import type { Role } from '@syncline/protocol';
import { currentPerson } from '../person/person.ts';
import { callRest, isRefused } from '../rest/rest.ts';
import { keepSignIn } from './kept.ts';

/** A guest's token; the server asks for the next one half a minute before its end. */
const GUEST_SECONDS = 3600;
/** A working day: what a key was exchanged for cannot be renewed without the key. */
const SIGN_IN_SECONDS = 12 * 3600;

/** Exchanges a share link's token for a short-lived one of the person at this browser. */
export function exchangeLink(link: string): Promise<string> {
  return exchange(link, { ttl_seconds: GUEST_SECONDS });
}

/**
 * Signs in with an API key: what is kept is a token of the key's own role, the key is not.
 * @throws RequestFailure with what the server says against it
 */
export async function signInWith(key: string): Promise<void> {
  const wish = { ttl_seconds: SIGN_IN_SECONDS };
  const token = await exchange(key, { ...wish, role: 'admin' }).catch((error: unknown) => {
    // No admin's: left out, the role is the key's own.
    if (isRefused(error, 403)) return exchange(key, wish);
    throw error;
  });
  keepSignIn(token);
}

async function exchange(from: string, wish: { role?: Role; ttl_seconds: number }): Promise<string> {
  const { id, name } = currentPerson();
  const body = { ...wish, person: { id, name } };
  const { token } = await callRest<{ token: string }>({ method: 'POST', path: '/v1/tokens', body, token: from });
  return token;
}
