import { digest } from 'lib0/hash/sha256';
import { SHORT_ID } from './ids.ts';

/** Longest readable part, so that it, a hyphen and the digest are an id. */
const MAX_READABLE = 41;
/** 128 bits of SHA-256: no two names that somebody finds, or looks for, have the same. */
const DIGEST_BYTES = 16;

/**
 * The document id of an application's own name for a document, whatever that is made of. A name that is an id is its own
 * id. Of any other, what is readable of it is followed by a digest of the whole: the same everywhere and always, and
 * never that of another name. (A name that is written as such an id is that id, so that mapping twice is mapping once.)
 * @throws TypeError for half a surrogate pair, which is no text and could not be told from another
 */
export function idOfName(name: string): string {
  if (SHORT_ID.test(name)) return name;
  if (!name.isWellFormed()) throw new TypeError('a document’s name must be well-formed Unicode');
  const bytes = digest(new TextEncoder().encode(name)).subarray(0, DIGEST_BYTES);
  return `${readablePart(name)}${base64url(bytes)}`;
}

/** Of ASCII alone: what a letter of any other script is made into must not depend on a version of Unicode. */
function readablePart(name: string): string {
  const words = name.match(/[A-Za-z0-9]+/g) ?? [];
  const readable = words.join('-').slice(0, MAX_READABLE);
  return readable && `${readable}-`;
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCodePoint(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
