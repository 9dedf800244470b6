import { NoResponders, RequestTimeout } from '@syncline/bus';
import type { Sending } from '@syncline/model/testing';
import { type DocumentReply, type DocumentRequest, RETRYABLE, subjects } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import type { VirtualClock } from './clock.ts';
import type { RpcHub } from './network/rpc.ts';
import type { Chance } from './random.ts';

const TRY_MS = 1_500;

/**
 * A gateway, and whoever calls it: asks the pod that holds the document, else any, and asks again with the same command
 * id until there is an answer. (The gateway's own code is another service's; services do not import each other.)
 * It names no call: a copy waits for the first one's answer, and is not sent away as by S47, which other tests hold.
 */
export class Gateway {
  readonly #deps: { clock: VirtualClock; chance: Chance; hub: RpcHub };

  constructor(deps: { clock: VirtualClock; chance: Chance; hub: RpcHub }) {
    this.#deps = deps;
  }

  /**
   * @param onSending told of each time that it asks, before; what is answered is put down there
   * @returns null when it gave up after `tries`, not knowing what became of it
   */
  async ask(
    request: DocumentRequest,
    tries: number,
    onSending: (sending: Sending) => void = () => {},
  ): Promise<DocumentReply | null> {
    const { clock, chance } = this.#deps;
    for (let count = 0; count < tries; count++) {
      const sending: Sending = { began: clock.now(), ended: Infinity, reply: null, copied: false };
      onSending(sending);
      const reply = await this.#askOnce(request);
      if (reply && (reply.ok || !mayBeSentAgain(reply))) {
        Object.assign(sending, { ended: clock.now(), reply });
        return reply;
      }
      await new Promise<void>((resolve) => {
        clock.after(chance.between(20, 600), resolve);
      });
    }
    return null;
  }

  async #askOnce(request: DocumentRequest): Promise<DocumentReply | null> {
    const { hub } = this.#deps;
    const data = Buffer.from(JSON.stringify(request));
    const options = { timeoutMs: TRY_MS };
    try {
      const bytes = await hub
        .request(subjects.document(documentId(request.document)), data, options)
        .catch((error: unknown) => {
          if (error instanceof NoResponders) return hub.request(subjects.open, data, options);
          throw error;
        });
      return JSON.parse(Buffer.from(bytes).toString()) as DocumentReply;
    } catch (error) {
      if (error instanceof RequestTimeout || error instanceof NoResponders) return null;
      throw error;
    }
  }
}

/** `internal` too: while the database is away, that is what a pod says that cannot read a document. */
function mayBeSentAgain(reply: DocumentReply & { ok: false }): boolean {
  return RETRYABLE.has(reply.error.code) || reply.error.code === 'internal';
}
