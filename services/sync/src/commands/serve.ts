import { type Access, authorize, authorizeVerb, type Grant } from '@syncline/auth';
import type { Rpc, RpcSubscription } from '@syncline/bus';
import { isDeleted, KIND_READERS } from '@syncline/model';
import {
  type Activity,
  type CommandResult,
  type DocumentReply,
  type DocumentRequest,
  documentName,
  documentRequestSchema,
  type ErrorCode,
  Refusal,
  type RefusalBody,
  type Seq,
  subjects,
} from '@syncline/protocol';
import type { Clock, Logger, Metrics } from '@syncline/runtime';
import { toBase64 } from 'lib0/buffer';
import * as Y from 'yjs';
import type { Presence } from '../edits/presence.ts';
import type { Room } from '../edits/room.ts';
import { refusalOf } from '../edits/record.ts';
import type { Rooms } from '../edits/rooms.ts';
import { type ExecuteDeps, Executor } from './execute.ts';

export interface ServeDeps extends ExecuteDeps {
  rpc: Rpc;
  presence: Pick<Presence, 'acted'>;
  access: Pick<Access, 'ofAsker'>;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** How long after the last command the copy that commands are rehearsed on stays in memory. */
  shadowIdleMs: number;
}

/** Refusals that a gateway would have given itself: whoever meets them here has not come through one. */
const SHUT_OUT: ReadonlySet<ErrorCode> = new Set(['unauthorized', 'forbidden']);

const NONE: RpcSubscription = { stop: async () => {} };

/** The two ways a request finds its pod: by the document, if a pod holds it, else any pod. */
export class CommandServer {
  readonly #deps: ServeDeps;
  readonly #rooms: () => Rooms;
  readonly #open: RpcSubscription;
  readonly #held = new Map<Room, { executor: Executor; subscription: RpcSubscription; cancelRest: () => void }>();
  readonly #answered;
  #stopped = false;

  constructor(deps: ServeDeps, rooms: () => Rooms) {
    this.#deps = deps;
    this.#rooms = rooms;
    this.#open = deps.rpc.serve(subjects.open, (data) => this.#answer(data));
    this.#answered = deps.metrics.counter('requests_total', 'Commands and reads from the gateway, by outcome', [
      'request',
      'outcome',
    ]);
  }

  hold(room: Room): void {
    // A pod that stops answers what it has taken, which may open documents, and takes nothing more.
    const subscription = this.#stopped
      ? NONE
      : this.#deps.rpc.serve(subjects.document(room.id), (data) => this.#answer(data));
    this.#held.set(room, { executor: new Executor(this.#deps, room), subscription, cancelRest: () => {} });
  }

  release(room: Room): void {
    const held = this.#held.get(room);
    this.#held.delete(room);
    held?.cancelRest();
    held?.executor.rest();
    void held?.subscription.stop();
  }

  /** Takes no request any more; resolves when those taken are answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#open.stop(), ...[...this.#held.values()].map((held) => held.subscription.stop())]);
  }

  /** Answers a read, and refuses everything else. */
  read(data: Uint8Array): Promise<Uint8Array> {
    return this.#answer(data, { readsOnly: true });
  }

  async #answer(data: Uint8Array, { readsOnly } = { readsOnly: false }): Promise<Uint8Array> {
    let name = 'malformed';
    const named = (request: DocumentRequest) => {
      name = request.type === 'command' ? request.command.verb.verb : request.type;
      if (readsOnly && request.type !== 'read') throw new Refusal('invalid_request', 'Only reads are answered here.');
    };
    const reply = await this.#handle(data, named).catch((error: unknown) => this.#refusal(error));
    this.#answered.inc({ request: name, outcome: reply.ok ? 'ok' : reply.error.code });
    return Buffer.from(JSON.stringify(reply));
  }

  async #handle(data: Uint8Array, named: (request: DocumentRequest) => void): Promise<DocumentReply> {
    const request = parse(data);
    named(request);
    const grant = await this.#deps.access.ofAsker(request.asker);
    if (request.type === 'command') authorizeVerb(grant, request.command.verb, request.document);
    else authorize(grant, 'viewer', request.document);
    const room = await this.#rooms().open(request.document);
    return room.hold(async () => {
      if (request.at_least !== undefined) await this.#reach(room, request.at_least);
      if (request.type === 'command') return this.#command(room, request, grant);
      const reply = read(room, request.as);
      this.#deps.presence.acted(room, grant.principal, { type: 'reading' });
      return reply;
    });
  }

  async #command(
    room: Room,
    { command }: DocumentRequest & { type: 'command' },
    { principal }: Grant,
  ): Promise<DocumentReply> {
    const held = this.#held.get(room)!;
    held.cancelRest();
    const before = room.applied;
    try {
      const { seq, result } = await held.executor.execute({ ...command, principal });
      this.#deps.presence.acted(room, principal, activityOf(before, seq, result));
      return { ok: true, seq, value: result };
    } finally {
      held.cancelRest = this.#deps.clock.after(this.#deps.shadowIdleMs, () => held.executor.rest());
    }
  }

  /** S13. */
  async #reach(room: Room, revision: number): Promise<void> {
    await room.catchUp(revision);
    if (room.applied < revision)
      throw new Refusal(
        'invalid_request',
        `at_least is ${revision}, but the document is at revision ${room.applied}, and the database has no later one: ` +
          'leave at_least out to read what there is.',
      );
  }

  #refusal(error: unknown): { ok: false; error: RefusalBody } {
    const refusal = refusalOf(error);
    if (refusal instanceof Refusal) {
      const { code } = refusal;
      if (SHUT_OUT.has(code))
        this.#deps.log.warn({ component: 'audit', door: 'bus', code, reason: refusal.message }, 'refused');
      return { ok: false, error: refusal.toBody() };
    }
    this.#deps.log.error({ err: error }, 'a request failed');
    return { ok: false, error: new Refusal('internal', 'The request failed; the log of the pod says why.').toBody() };
  }
}

/** A copy of an earlier command has changed nothing; in a new document there was nothing that could be. */
function activityOf(before: Seq, seq: Seq, { changed }: CommandResult): Activity {
  if (seq <= before) return { type: 'reading' };
  return { type: 'editing', revision: seq, changed: before === 0 ? [] : changed };
}

/** The document; what was never written to does not exist. */
function read(room: Room, as: 'data' | 'yjs' = 'data'): DocumentReply {
  const { applied, ref, document } = room;
  if (applied === 0) throw new Refusal('not_found', `There is no document ${documentName(ref)}.`);
  if (isDeleted(document, ref.kind))
    throw new Refusal('not_found', `${documentName(ref)} was deleted; it can be undeleted.`);
  try {
    if (as === 'yjs') return { ok: true, seq: applied, value: toBase64(Y.encodeStateAsUpdate(document)) };
    return { ok: true, seq: applied, value: KIND_READERS[ref.kind].read(document) };
  } catch (error) {
    throw room.unreadable(error);
  }
}

function parse(data: Uint8Array): DocumentRequest {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(data).toString());
  } catch {
    throw new Refusal('invalid_request', 'The request is no JSON.');
  }
  const parsed = documentRequestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Refusal('invalid_request', `${issue?.path.join('.')}: ${issue?.message}`);
}
