import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Clock } from '@syncline/runtime';
import type { NatsInbox } from './nats-inbox.ts';
import { partBytes, partOf, restSubject, saysNoResponders, saysTooLarge, sendParts } from './nats-message.ts';
import { Assembly, splitParts } from './parts.ts';
import { MessageTooLarge, NoResponders, RequestTimeout } from './rpc.ts';

/**
 * One request: sends it, in parts where it must, and puts the reply together.
 *
 *     requester                        one of the queue group
 *       part 1/m  ──── subject ────▶
 *                 ◀──── inbox ─────    the rest goes to …
 *       parts 2–m ──── that inbox ─▶   handler
 *                 ◀──── inbox ─────    reply, parts 1–k
 *
 * Whoever says along the way that nobody is there says that some part did not arrive, so that no handler has run.
 */
export function requestOverNats(
  nc: NatsConnection,
  { subject, data, timeoutMs }: { subject: string; data: Uint8Array; timeoutMs: number },
  deps: { inbox: NatsInbox; clock: Clock; maxBytes: number },
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts = splitParts(data, partBytes(nc));
    const reply = new Assembly(deps.maxBytes);

    const end = () => {
      cancelTimeout();
      slot.close();
    };
    const fail = (error: Error) => {
      end();
      reject(error);
    };
    const onMessage = (message: Msg) => {
      if (saysNoResponders(message)) return fail(new NoResponders(subject));
      if (saysTooLarge(message)) return fail(new MessageTooLarge(`${subject}: request or reply`));
      const rest = restSubject(message);
      if (rest) return sendParts(nc, { subject: rest, reply: slot.subject }, parts, { first: 2 });
      const part = partOf(message);
      // What cannot be read is no reply; the time-out ends it.
      const whole = part && reply.add(part, message.data);
      if (!whole) return;
      end();
      resolve(whole);
    };
    const slot = deps.inbox.open({
      onMessage: (message) => {
        try {
          onMessage(message);
        } catch (error) {
          fail(error instanceof RangeError ? new MessageTooLarge(`${subject}: ${error.message}`) : (error as Error));
        }
      },
      onLost: () => fail(new RequestTimeout(`${subject}: the connection was lost before the reply`)),
    });
    const cancelTimeout = deps.clock.after(timeoutMs, () => fail(new RequestTimeout(subject)));
    try {
      sendParts(nc, { subject, reply: slot.subject }, parts, { last: 1 });
    } catch (error) {
      fail(error as Error);
    }
  });
}
