import { createHmac, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * API keys: `syn_`, 30 random characters (178 bits), and their CRC32 in 6 more, so that a mistyped or made-up key is
 * refused without asking anybody, and secret scanners know one when they see it.
 */
export const KEY_PREFIX = 'syn_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORM = /^syn_[0-9A-Za-z]{36}$/;

export function createApiKey(): string {
  const random = Array.from({ length: 30 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return KEY_PREFIX + random + checksum(random);
}

/** Whether the text has a key's form and a right checksum. */
export function isApiKey(text: string): boolean {
  return FORM.test(text) && text.slice(34) === checksum(text.slice(4, 34));
}

/** What is stored of a key. A slow hash would add nothing: nobody guesses 178 bits. */
export function hashApiKey(key: string, pepper: string): string {
  return createHmac('sha256', pepper).update(key).digest('base64url');
}

function checksum(random: string): string {
  let rest = crc32(random);
  let text = '';
  for (let n = 0; n < 6; n++) {
    text = ALPHABET[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
