import type { DocumentId, Seq } from '@syncline/protocol';
import type { Clock, Logger, Metrics, Random } from '@syncline/runtime';
import { appendBatch, type Appended, COMMAND_ONCE, lockHead, newNonce } from './append.ts';
import { Allowance } from './allowance.ts';
import { Availability } from './availability.ts';
import { addEdit, type Alone, newShare, split, type Taken, type Waiting } from './batch.ts';
import { type Database, DatabaseError } from './database.ts';
import {
  type Append,
  type AppendCommand,
  type CommittedRow,
  HeadMoved,
  JournalFull,
  JournalUnavailable,
  type JournalWriter,
} from './journal.ts';

/** Limits of the writer; each is an argument so that a process can set it. */
export interface GroupCommitLimits {
  /** Bytes that may wait; beyond it `append` fails with JournalFull. */
  maxWaitingBytes: number;
  /** How many of them may be one actor's, so that none of them fills the journal for all others. */
  maxWaitingBytesOfOne: number;
  /** Rows in one batch. */
  maxBatchRows: number;
  /** Bytes of updates in one batch. */
  maxBatchBytes: number;
  /** Under load, at least this long lies between the starts of two batches; an idle journal never waits. */
  floorMs: number;
}

export const GROUP_COMMIT_LIMITS: GroupCommitLimits = {
  maxWaitingBytes: 64 * 1024 * 1024,
  maxWaitingBytesOfOne: 16 * 1024 * 1024,
  maxBatchRows: 1000,
  maxBatchBytes: 8 * 1024 * 1024,
  floorMs: 2,
};

interface Deps {
  db: Database;
  clock: Clock;
  /** For nonces: another in each process, and after each start. */
  random: Random;
  log: Logger;
  metrics: Metrics;
  /** J4. Must not throw; what it throws all the same is logged, and the row stays committed. */
  committed: (row: CommittedRow) => void;
  limits?: Partial<GroupCommitLimits>;
}

/**
 * Appends for a whole process, one batch at a time: a batch goes out as soon as the one before is committed, so batches
 * grow by themselves under load and an idle process waits for nothing but the disk.
 *
 * Always: rows reach `committed` in their order (J4), entries of one document are committed in the order they came in
 * (J5), save that a command goes before the edits of its batch. It does not know what an update says.
 */
export class GroupCommit implements JournalWriter {
  readonly #deps: Deps;
  readonly #limits: GroupCommitLimits;
  #queue: (Waiting | Alone)[] = [];
  readonly #allowance: Allowance;
  #active = false;
  #running: Promise<void> = Promise.resolve();
  #lastStart = -Infinity;
  #lastRows = 0;
  readonly #availability: Availability;

  readonly #commitSeconds;
  readonly #batchRows;
  readonly #failures;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#availability = new Availability(deps);
    this.#limits = { ...GROUP_COMMIT_LIMITS, ...deps.limits };
    this.#allowance = new Allowance(this.#limits);
    this.#commitSeconds = deps.metrics.histogram(
      'journal_commit_seconds',
      'How long a batch took to commit',
      [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    );
    this.#batchRows = deps.metrics.histogram('journal_batch_rows', 'Rows per batch', [1, 3, 10, 30, 100, 300, 1000]);
    this.#failures = deps.metrics.counter('journal_failures_total', 'Batches that did not commit, by reason', [
      'reason',
    ]);
    // From the start: an alert that waits for a rise does not see the first one of a count that was not there.
    this.#failures.inc({ reason: 'unavailable' }, 0);
    deps.metrics.gauge('journal_waiting_bytes', 'Bytes waiting to be committed', (gauge) =>
      gauge.set(this.#allowance.taken),
    );
  }

  /** Whether the database could be written when it was last needed or tried; readiness follows it. */
  get available(): boolean {
    return this.#availability.available;
  }

  append(entry: Append): Promise<Seq> {
    return this.#enqueue<{ seq: Seq }>((settle) => ({
      kind: 'edit',
      entry,
      bytes: entry.update.length,
      ...settle,
    })).then((done) => done.seq);
  }

  appendCommand(entry: AppendCommand) {
    return this.#enqueue<Awaited<ReturnType<JournalWriter['appendCommand']>>>(({ resolve, reject }) => ({
      kind: 'command',
      entry,
      bytes: entry.bytes,
      resolve,
      reject: (error) => {
        // A promise would tell it too late: the next batch is put together meanwhile.
        entry.dropped(error);
        reject(error);
      },
    }));
  }

  /** Not beside a batch: a row of that could otherwise be handed on before this one, which comes before it (J4). */
  appendCommandAlone(entry: Parameters<JournalWriter['appendCommandAlone']>[0]) {
    const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<JournalWriter['appendCommandAlone']>>>();
    const run = async () => {
      const done = this.#commitAlone(entry);
      resolve(done);
      await done.catch(() => {});
    };
    this.#queue.push({ kind: 'alone', run });
    this.#start();
    return promise;
  }

  async #commitAlone({ document, actor, command, ...entry }: Parameters<JournalWriter['appendCommandAlone']>[0]) {
    try {
      const { seq, previous, nonce, made } = await this.#deps.db.transaction(async (tx) => {
        const tail = await lockHead(tx, document, entry.after);
        const made = entry.rehearse(tail);
        const group = {
          document,
          expect: made.expect,
          birth: made.birth ?? null,
          rows: [{ update: made.update, actor }],
          command: { ...command, result: made.result },
        };
        const nonce = newNonce(this.#deps.random);
        const appended = (await appendBatch(tx, [group], nonce)).get(document);
        if (!appended) throw new HeadMoved(document);
        return { ...appended, nonce, made };
      });
      this.#handOn({ document, seq, nonce, previous, update: made.update, actor, origin: made.origin });
      return { seq, result: made.result };
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      if (error.refused) throw new HeadMoved(document);
      if (!error.busy) this.#availability.lost();
      throw new JournalUnavailable('the journal could not commit', { cause: error });
    }
  }

  async flush(): Promise<void> {
    while (this.#active) await this.#running;
  }

  #enqueue<T>(build: (settle: Pick<Waiting, 'resolve' | 'reject'>) => Waiting): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiting = build({ resolve: resolve as Waiting['resolve'], reject });
    const giveBack = this.#allowance.take(waiting.entry.actor, waiting.bytes);
    if (!giveBack) return Promise.reject(new JournalFull('more waits to be committed than may'));
    this.#queue.push(waiting);
    this.#start();
    return promise.finally(giveBack);
  }

  #start(): void {
    if (this.#active) return;
    this.#active = true;
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length) {
      const [first] = this.#queue;
      if (first?.kind === 'alone') {
        this.#queue.shift();
        await first.run();
        continue;
      }
      await this.#floor();
      const batch = this.#take();
      if (batch.length) await this.#commit(batch);
    }
    this.#active = false;
  }

  async #floor(): Promise<void> {
    const { clock } = this.#deps;
    const early = this.#limits.floorMs - (clock.now() - this.#lastStart);
    if (this.#lastRows > 1 && early > 0) {
      await new Promise<void>((resolve) => {
        clock.after(early, resolve);
      });
    }
    this.#lastStart = clock.now();
  }

  /** Takes what fits into a batch, at most one command per document, and rehearses the commands (J11). */
  #take(): Taken[] {
    const taken = new Map<DocumentId, Taken>();
    const left: (Waiting | Alone)[] = [];
    let rows = 0;
    let bytes = 0;
    let full = false;
    for (const waiting of this.#queue) {
      full ||= waiting.kind === 'alone';
      if (full || waiting.kind === 'alone') {
        left.push(waiting);
        continue;
      }
      const { document } = waiting.entry;
      const share = taken.get(document) ?? newShare(document);
      full ||= rows >= this.#limits.maxBatchRows || (rows > 0 && bytes + waiting.bytes > this.#limits.maxBatchBytes);
      if (full || (waiting.kind === 'command' && share.group.command)) {
        left.push(waiting);
        continue;
      }
      const added = waiting.kind === 'edit' ? addEdit(share, waiting) : this.#addCommand(share, waiting);
      if (!added) continue;
      taken.set(document, share);
      rows += 1;
      bytes += waiting.bytes;
    }
    this.#queue = left;
    return [...taken.values()];
  }

  #addCommand(share: Taken, waiting: Waiting & { kind: 'command' }): boolean {
    try {
      const { update, result, expect, birth, origin } = waiting.entry.rehearse();
      const { group } = share;
      group.expect = expect;
      group.birth ??= birth ?? null;
      group.command = { ...waiting.entry.command, result };
      group.rows.unshift({ update, actor: waiting.entry.actor });
      share.waiting.unshift(waiting);
      share.origins.unshift(origin);
      return true;
    } catch (error) {
      waiting.reject(error);
      return false;
    }
  }

  async #commit(batch: Taken[]): Promise<void> {
    const started = this.#deps.clock.now();
    this.#lastRows = batch.reduce((rows, share) => rows + share.group.rows.length, 0);
    const nonce = newNonce(this.#deps.random);
    try {
      const groups = batch.map((share) => share.group);
      const heads = await appendBatch(this.#deps.db, groups, nonce);
      this.#commitSeconds.observe((this.#deps.clock.now() - started) / 1000);
      this.#batchRows.observe(this.#lastRows);
      const moved = batch.filter((share) => !heads.has(share.group.document));
      this.#sendBack(moved);
      for (const share of batch) {
        const head = heads.get(share.group.document);
        if (head) this.#settle(share, head, nonce);
      }
    } catch (error) {
      await this.#failed(batch, error);
    }
  }

  #settle(share: Taken, head: Appended, nonce: number): void {
    const { document, rows, command } = share.group;
    rows.forEach((row, index) => {
      const seq = head.seq - (rows.length - 1 - index);
      const previous = index === 0 ? head.previous : nonce;
      const waiting = share.waiting[index]!;
      this.#handOn({ document, seq, nonce, previous, ...row, origin: share.origins[index] });
      waiting.resolve({ seq, result: waiting.kind === 'command' ? command!.result : undefined });
    });
  }

  #handOn(row: CommittedRow): void {
    try {
      this.#deps.committed(row);
    } catch (error) {
      const { document, seq } = row;
      this.#deps.log.error({ err: error, document, seq }, 'a committed row could not be handed on');
    }
  }

  /** The head of these documents had moved: their command is told so, their edits go first into the next batch (J5). */
  #sendBack(shares: Taken[]): void {
    const edits: Waiting[] = [];
    for (const waiting of shares.flatMap((share) => share.waiting)) {
      if (waiting.kind === 'edit') edits.push(waiting);
      else waiting.reject(new HeadMoved(waiting.entry.document));
    }
    this.#queue.unshift(...edits);
  }

  async #failed(batch: Taken[], cause: unknown): Promise<void> {
    const error = cause instanceof DatabaseError ? cause : new DatabaseError(cause);
    if (error.refused && error.constraint === COMMAND_ONCE) {
      this.#failures.inc({ reason: 'duplicate_command' });
      this.#sendBack(batch.filter((share) => share.group.command));
      this.#queue.unshift(...batch.filter((share) => !share.group.command).flatMap((share) => share.waiting));
      return;
    }
    if ((error.refused || error.busy) && batch.length > 1) {
      this.#failures.inc({ reason: 'split' });
      for (const share of batch) await this.#commit([share]);
      return;
    }
    if (error.refused && batch[0]!.waiting.length > 1) {
      this.#failures.inc({ reason: 'split' });
      for (const single of split(batch[0]!)) await this.#commit([single]);
      return;
    }
    this.#failures.inc({ reason: error.refused ? 'refused' : 'unavailable' });
    if (!error.refused && !error.busy) this.#availability.lost();
    this.#deps.log.error({ err: error, sqlState: error.sqlState }, 'the journal could not commit');
    for (const waiting of batch.flatMap((share) => share.waiting)) {
      waiting.reject(new JournalUnavailable('the journal could not commit', { cause: error }));
    }
  }
}
