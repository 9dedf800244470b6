import { type Claims, claimsOf } from './claims.ts';

/**
 * What lets this browser in, kept beside its other belongings until it is replaced: tokens, never a key. All tabs have
 * it, and it outlives them, for edits that were made offline must find their way after a restart too.
 */
export interface Kept {
  token: string;
  claims: Claims;
  /** It has been refused, or its time is over. It still says whose the copies on this device are. */
  isOver: boolean;
}

const SIGN_IN = 'syncline:sign-in';
const linkKey = (document: string) => `syncline:link:${document}`;
/** For browsers that let a page keep nothing: then it lasts as long as the tab. */
const memory = new Map<string, string>();

/** The token that an API key was exchanged for. */
export function signedIn(): Kept | null {
  return read(SIGN_IN);
}

export function keepSignIn(token: string): void {
  write(SIGN_IN, { token, isOver: false });
}

export function signOut(): void {
  memory.delete(SIGN_IN);
  try {
    localStorage.removeItem(SIGN_IN);
  } catch {
    // Forbidden storage holds nothing.
  }
}

/** The share link by which a document was last opened here. */
export function linkTo(document: string): Kept | null {
  return read(linkKey(document));
}

export function keepLink(document: string, token: string, isOver = false): void {
  write(linkKey(document), { token, isOver });
}

function read(key: string): Kept | null {
  try {
    const { token, isOver } = JSON.parse(memory.get(key) ?? localStorage.getItem(key) ?? '{}') as Partial<Kept>;
    if (typeof token !== 'string') return null;
    const claims = claimsOf(token);
    return { token, claims, isOver: isOver === true || (claims.expiresAt ?? Infinity) <= Date.now() };
  } catch {
    // Unreadable or forbidden storage: nothing was kept.
    return null;
  }
}

function write(key: string, kept: Omit<Kept, 'claims'>): void {
  const text = JSON.stringify(kept);
  try {
    localStorage.setItem(key, text);
    memory.delete(key);
  } catch {
    memory.set(key, text);
  }
}
