/** What a WebSocket's close frame can carry. */
const MAX_REASON_BYTES = 123;

/** As much of it as a close frame can carry, which bytes bound and not characters; more would throw. */
export function shorten(reason: string): string {
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(MAX_REASON_BYTES));
  return reason.slice(0, read);
}
