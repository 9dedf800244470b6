import {
  decodeFrame,
  documentRequestSchema,
  type DocumentId,
  type DocumentReply,
  parseDocumentName,
} from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import type { Socket, SocketWatch } from './network/socket.ts';
import { type Truth, Violation } from './truth.ts';
import { parse } from './wire.ts';

/** A reply that was given: at which revision, saying what. */
export interface Said {
  document: DocumentId;
  seq: number;
  value: string;
}

/** Holds whatever leaves a pod against the truth of that moment. */
export class Watch implements SocketWatch {
  readonly #truth: Truth;
  /** What reads were answered. */
  readonly said: Said[] = [];

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  received(socket: Socket, bytes: Uint8Array): void {
    const frame = parse(bytes);
    if (frame.type === 'update') socket.unanswered.push(frame.update);
  }

  /** S1, S2. */
  sent(socket: Socket, bytes: Uint8Array): void {
    const frame = parse(bytes);
    const id = idOf(socket.name);
    if (frame.type === 'update' && !this.#truth.has(id, frame.update))
      throw new Violation(`S2: ${socket.pod.name} sends ${socket.client.name} what is not committed`);
    if (frame.type !== 'status' || !frame.ok) return;
    const update = socket.unanswered.shift();
    if (!update) throw new Violation(`S1: ${socket.pod.name} acknowledges what ${socket.client.name} never sent`);
    if (!this.#truth.has(id, update))
      throw new Violation(`S1: ${socket.pod.name} acknowledges to ${socket.client.name} what is not committed`);
  }

  /** S2, between pods. */
  published(pod: string, document: DocumentId, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (frame?.type !== 'edit:v2') return;
    frame.rows.forEach(({ update }, n) => {
      const seq = frame.seq + n;
      const committed = this.#truth.row(document, { seq, nonce: frame.nonce });
      if (!committed || Buffer.compare(committed.update, update) !== 0)
        throw new Violation(`S2: ${pod} publishes row ${seq} otherwise than it is committed`);
    });
  }

  /** S2, S13, towards gateways. */
  replied(pod: string, requestBytes: Uint8Array, replyBytes: Uint8Array): void {
    const request = documentRequestSchema.parse(JSON.parse(Buffer.from(requestBytes).toString()));
    const reply = JSON.parse(Buffer.from(replyBytes).toString()) as DocumentReply;
    if (!reply.ok) return;
    const document = documentId(request.document);
    if (reply.seq > this.#truth.of(document).ever.head)
      throw new Violation(`S2: ${pod} answers from a future that is not committed`);
    if (reply.seq < (request.at_least ?? 0))
      throw new Violation(`S13: ${pod} answers from before what the request names`);
    if (request.type === 'read') this.said.push({ document, seq: reply.seq, value: JSON.stringify(reply.value) });
  }
}

export function idOf(name: string): DocumentId {
  return documentId({ workspace: 'default', ...parseDocumentName(name)! });
}
