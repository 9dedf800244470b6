import { randomUUID } from 'node:crypto';
import { type Access, authorize, authorizeVerb, type Grant } from '@syncline/auth';
import { type HttpRead, NoResponders, RequestTimeout, type Rpc, RpcUnavailable } from '@syncline/bus';
import {
  type CommandResult,
  type DocumentData,
  type DocumentRef,
  type DocumentReply,
  type DocumentRequest,
  ERRORS,
  Refusal,
  requireVerbOf,
  type Seq,
  subjects,
  type Verb,
} from '@syncline/protocol';
import type { Logger } from '@syncline/runtime';
import { documentId } from '@syncline/protocol/document-id';

/** What the gateway asks of the pods, if the grant permits it. A pod's refusal is thrown as it came. */
export interface Pods {
  /** Carries out a verb, once per command id. */
  command(ask: { document: DocumentRef; grant: Grant; commandId: string; verb: Verb }): Promise<Answer<CommandResult>>;
  /** Reads a document, not older than `atLeast`. */
  read(ask: Read): Promise<Answer<DocumentData>>;
  /** Reads a document's state as Yjs encodes it. */
  state(ask: Read): Promise<Answer<Uint8Array>>;
}

interface Read {
  document: DocumentRef;
  grant: Grant;
  atLeast?: Seq | undefined;
}

export interface Answer<T> {
  revision: Seq;
  value: T;
}

export interface PodsDeps {
  rpc: Rpc;
  access: Pick<Access, 'vouch'>;
  log: Logger;
  /** Where reads go while the bus is away. */
  readElsewhere?: HttpRead | undefined;
  /** How long all tries together may take. */
  timeoutMs: number;
  /** How long one pod may take to answer before the request is sent again. */
  tryMs: number;
  messageLimitBytes: number;
}

/**
 * {@link Pods} over the bus: first whoever holds the document, and when nobody does, any pod. A request without an answer
 * is sent again, with the same command id: a pod that died with it has left no trace, or its successor gives its answer.
 */
export function createPods(deps: PodsDeps): Pods {
  async function ask<T>(request: DocumentRequest): Promise<Answer<T>> {
    const data = Buffer.from(JSON.stringify(request));
    if (data.length > deps.messageLimitBytes)
      throw new Refusal(
        'too_large',
        `The request takes ${data.length} bytes once it is read (its Markdown as blocks, bytes in base64); at most ` +
          `${deps.messageLimitBytes} can be carried at once. Split it into several.`,
        { limit: deps.messageLimitBytes },
      );
    const reply = JSON.parse(Buffer.from(await send(request, data)).toString()) as DocumentReply<T>;
    if (reply.ok) return { revision: reply.seq, value: reply.value };
    if (Object.hasOwn(ERRORS, reply.error.code)) throw Refusal.fromBody(reply.error);
    throw new Error(`a pod refused with the unknown code ${JSON.stringify(reply.error.code)}`);
  }

  /** Whether the last request found no pod; said once, not for each. */
  let alone = false;
  function foundPod(found: boolean): void {
    if (!found && !alone)
      deps.log.warn(
        'no sync pod answers: none runs, or gateways and pods have not the same INSTALLATION, NATS or database; what ' +
          'each calls itself is in its log line "ready" and at /readyz',
      );
    alone = !found;
  }

  async function send(request: DocumentRequest, data: Uint8Array): Promise<Uint8Array> {
    const deadline = performance.now() + deps.timeoutMs;
    for (;;) {
      const left = deadline - performance.now();
      try {
        const reply = await sendOnce(request, data, Math.min(deps.tryMs, left));
        foundPod(true);
        return reply;
      } catch (error) {
        if (error instanceof NoResponders) foundPod(false);
        if (error instanceof RequestTimeout && deadline - performance.now() >= deps.tryMs) continue;
        throw asRefusal(error, request);
      }
    }
  }

  async function sendOnce(request: DocumentRequest, data: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    try {
      return await deps.rpc.request(subjects.document(documentId(request.document)), data, { timeoutMs });
    } catch (error) {
      if (error instanceof NoResponders) return deps.rpc.request(subjects.open, data, { timeoutMs });
      if (error instanceof RpcUnavailable && request.type === 'read' && deps.readElsewhere)
        return deps.readElsewhere(data, { timeoutMs });
      throw error;
    }
  }

  function readOf({ document, grant, atLeast }: Read) {
    authorize(grant, 'viewer', document);
    const asker = deps.access.vouch(grant, document);
    return { type: 'read' as const, document, asker, ...(atLeast !== undefined && { at_least: atLeast }) };
  }

  return {
    async command({ document, grant, commandId, verb }) {
      authorizeVerb(grant, verb, document);
      requireVerbOf(document.kind, verb);
      const asker = deps.access.vouch(grant, document);
      return ask({ type: 'command', document, asker, command: { id: commandId, call: randomUUID(), verb } });
    },
    read: async (what) => ask<DocumentData>(readOf(what)),
    async state(what) {
      const { revision, value } = await ask<string>({ ...readOf(what), as: 'yjs' });
      return { revision, value: Buffer.from(value, 'base64') };
    },
  };
}

function asRefusal(error: unknown, request: DocumentRequest): unknown {
  const retry =
    request.type === 'read'
      ? 'Ask again.'
      : 'Sending it again under the same command id (Idempotency-Key, op_id) is safe.';
  if (error instanceof RequestTimeout)
    return new Refusal(
      'unavailable',
      request.type === 'read'
        ? `No answer came in time. ${retry}`
        : `No answer came in time, so it is unknown whether this took effect. ${retry}`,
    );
  if (error instanceof NoResponders)
    return new Refusal('unavailable', `No sync pod is running right now; nothing was changed. ${retry}`);
  if (error instanceof RpcUnavailable)
    return new Refusal('unavailable', `The sync pods cannot be reached right now; nothing was changed. ${retry}`);
  return error;
}
