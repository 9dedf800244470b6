import { headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { formatPart, parsePart } from './parts.ts';

/** How our messages look on NATS. A message in one part has no headers at all. */

/** `n/m`: which part of the message this is. */
const PART = 'Syncline-Part';
/** The receiver's answer to the first part: where it takes the others, since a queue group would scatter them. */
const REST = 'Syncline-Rest';
/** The receiver's answer instead of a reply. */
const FAULT = 'Syncline-Fault';
const TOO_LARGE = 'too-large';

/** What a server's limit has to hold beside a part's bytes. */
const HEADER_BYTES = 256;

/** The largest part that the server carries. */
export function partBytes(nc: NatsConnection): number {
  return (nc.info?.max_payload ?? 1024 * 1024) - HEADER_BYTES;
}

/** Sends the parts from `first` on, each answerable at `reply`. */
export function sendParts(
  nc: NatsConnection,
  to: { subject: string; reply?: string },
  parts: Uint8Array[],
  { first = 1, last = parts.length } = {},
): void {
  for (let n = first; n <= last; n++) {
    const data = parts[n - 1]!;
    if (parts.length === 1) nc.publish(to.subject, data, { reply: to.reply });
    else nc.publish(to.subject, data, { reply: to.reply, headers: header(PART, formatPart(n, parts.length)) });
  }
}

/** Which part a message is; null when what it says of itself cannot be. */
export function partOf(message: Msg): { n: number; of: number } | null {
  const text = message.headers?.get(PART);
  return text ? parsePart(text) : { n: 1, of: 1 };
}

export function askForRest(message: Msg, subject: string): void {
  message.respond(undefined, { headers: header(REST, subject) });
}

export function restSubject(message: Msg): string | undefined {
  return message.headers?.get(REST) || undefined;
}

export function answerTooLarge(message: Msg): void {
  message.respond(undefined, { headers: header(FAULT, TOO_LARGE) });
}

export function saysTooLarge(message: Msg): boolean {
  return message.headers?.get(FAULT) === TOO_LARGE;
}

/** The server's word that nobody took the message. */
export function saysNoResponders(message: Msg): boolean {
  return message.data.length === 0 && message.headers?.code === 503;
}

function header(name: string, value: string) {
  const all = headers();
  all.set(name, value);
  return all;
}
