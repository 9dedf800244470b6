/** 16 characters of hexadecimal; unlike `crypto.randomUUID` also to be had on plain-http addresses of a local network. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
