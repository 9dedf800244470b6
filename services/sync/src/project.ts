import { DatabaseError, type Projection, type RecordChanges } from '@syncline/journal';
import { type DocumentId, Refusal, RETRYABLE, type Seq } from '@syncline/protocol';
import type { Clock, Logger, Metrics } from '@syncline/runtime';
import type { Room } from './edits/room.ts';
import type { Rooms } from './edits/rooms.ts';
import { changesOf, type Stand, standOf } from './records.ts';

/** How many documents one look for those left behind brings in. */
const CATCH_UP_PAGE = 100;
/**
 * How long a pod waits for another that has been projecting the document, before it does so itself: longer than any
 * document rests, and than rows take to arrive there.
 */
const PATIENCE_MS = 3_000;
/** After a document was read it rests this long for each thousand characters of its records, and no longer than that. */
const REST_MS_PER_THOUSAND = 1;
const MAX_REST_MS = 2_000;

export interface ProjectorDeps {
  projection: Projection;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** A document is projected at most once in this time. */
  intervalMs: number;
}

/** A document in memory, as the projector sees it. */
interface Followed {
  room: Room;
  /** Null when nobody here knows: another pod has written, or may have, or nobody has looked yet. */
  stand: Stand | null;
  /** The first row that was not projected yet, and from when on it may be. */
  due: { seq: Seq; at: number } | null;
  /** The document is left alone until then. */
  restsUntil: number;
  /** Another pod was first, last time. */
  outrun: boolean;
}

/**
 * Keeps the records of the documents that this pod holds: they follow what is committed to them, by whichever pod (S18).
 * Each pod that holds a document would; the database takes a change only from whoever knows what is there (J23), and who
 * was second leaves the document to the first for as long as that keeps up (S31). All that is due goes out together. What
 * a pod that died has left behind, another's housekeeping brings in.
 */
export class Projector {
  readonly #deps: ProjectorDeps;
  readonly #followed = new Map<DocumentId, Followed>();
  readonly #outcomes;
  #planned = false;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: ProjectorDeps) {
    this.#deps = deps;
    this.#outcomes = deps.metrics.counter('projections_total', 'Documents that were to be projected, by outcome', [
      'outcome',
    ]);
  }

  /** Projects what is committed to the room's document from now on. */
  follow(room: Room): void {
    const before = this.#followed.get(room.id)?.due;
    const due = before ? { ...before } : null;
    const followed: Followed = { room, stand: null, due, restsUntil: 0, outrun: false };
    this.#followed.set(room.id, followed);
    room.onApplied((row) => this.#want(followed, row.seq));
  }

  /** The room's document has left memory; what is due of it is still projected, unless it is superseded. */
  release(room: Room): void {
    const followed = this.#followed.get(room.id);
    if (followed?.room === room && (room.superseded || !followed.due)) this.#followed.delete(room.id);
  }

  /** Projects what is due, now. */
  async flush(): Promise<void> {
    for (const { due } of this.#followed.values()) if (due) due.at = 0;
    await this.#run();
  }

  /**
   * Projects every document whose journal is ahead of its records, as a crash leaves them.
   * @param stopping looked at before each: a pod that stops waits for one document, not for all
   * @returns how many it was
   */
  async catchUp(rooms: Rooms, stopping: () => boolean): Promise<number> {
    let count = 0;
    let last: DocumentId | null = null;
    for (;;) {
      const behind = await this.#deps.projection.behind(CATCH_UP_PAGE, last);
      if (!behind.length) return count;
      for (const { id, ref } of behind) {
        last = id;
        if (stopping()) return count;
        try {
          const room = await rooms.open(ref);
          await room.hold(async () => {
            await room.catchUp();
            this.#followed.get(id)!.due = { seq: room.applied, at: 0 };
            await this.#run();
          });
          count += 1;
        } catch (error) {
          // One that cannot be opened must not keep all those behind it from their lists.
          const level = error instanceof Refusal && RETRYABLE.has(error.code) ? 'warn' : 'error';
          this.#deps.log[level]({ err: error, document: id }, 'a document could not be projected');
        }
      }
    }
  }

  #want(followed: Followed, seq: Seq): void {
    const { clock, intervalMs } = this.#deps;
    const soon = clock.now() + (followed.outrun ? PATIENCE_MS : intervalMs);
    followed.due ??= { seq, at: Math.max(soon, followed.restsUntil) };
    this.#plan();
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#deps.clock.after(this.#deps.intervalMs, () => {
      this.#planned = false;
      void this.#run();
    });
  }

  /** One at a time: under load they grow instead of queueing. */
  #run(): Promise<void> {
    this.#running = this.#running.then(() => this.#project());
    return this.#running;
  }

  async #project(): Promise<void> {
    const now = this.#deps.clock.now();
    const ready = [...this.#followed.values()].filter(({ due }) => due && due.at <= now);
    try {
      await this.#look(ready.filter(({ stand }) => !stand));
      // Not those that were just left to another pod.
      await this.#write(ready.filter(({ stand }) => stand));
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'documents could not be projected yet');
      // Nobody knows what the database took.
      for (const followed of ready) this.#later(followed, now + 10 * this.#deps.intervalMs);
    }
    for (const { room } of ready) if (room.document.isDestroyed) this.release(room);
    if ([...this.#followed.values()].some(({ due }) => due)) this.#plan();
  }

  /** Finds out where the records stand. Another pod that has projected what was due here will do so with what came after. */
  async #look(unknown: Followed[]): Promise<void> {
    if (!unknown.length) return;
    const recorded = await this.#deps.projection.recorded(unknown.map(({ room }) => room.id));
    for (const followed of unknown) {
      const found = recorded.get(followed.room.id)!;
      if (found.seq >= followed.due!.seq) this.#leaveToOther(followed, found.seq);
      else followed.stand = standOf(found);
    }
  }

  async #write(ready: Followed[]): Promise<void> {
    const made = ready.flatMap((followed) => this.#changes(followed));
    const taken = await this.#take(made.map(({ changes }) => changes));
    const now = this.#deps.clock.now();
    for (const { followed, changes, after, length } of made) {
      if (!taken.has(changes.document)) {
        if (followed.due) this.#leaveToOther(followed, changes.seq - 1);
        continue;
      }
      const { room } = followed;
      Object.assign(followed, { stand: after, due: null, outrun: false });
      followed.restsUntil = now + Math.min((length / 1000) * REST_MS_PER_THOUSAND, MAX_REST_MS);
      if (room.applied > changes.seq) this.#want(followed, changes.seq + 1);
      this.#outcomes.inc({ outcome: 'done' });
    }
  }

  #changes(followed: Followed) {
    const { id, ref, document, position } = followed.room;
    try {
      return [{ followed, ...changesOf({ id, kind: ref.kind, document, ...position }, followed.stand!) }];
    } catch (error) {
      this.#failed(followed, error);
      return [];
    }
  }

  /** A document that the database refuses must not keep the others from theirs. */
  async #take(changes: RecordChanges[]): Promise<ReadonlySet<DocumentId>> {
    if (!changes.length) return new Set();
    try {
      return await this.#deps.projection.project(changes);
    } catch (error) {
      if (!(error instanceof DatabaseError && error.refused)) throw error;
      if (changes.length > 1) {
        const taken = new Set<DocumentId>();
        for (const change of changes) for (const id of await this.#take([change])) taken.add(id);
        return taken;
      }
      this.#failed(this.#followed.get(changes[0]!.document)!, error);
      return new Set();
    }
  }

  #leaveToOther(followed: Followed, seq: Seq): void {
    const { clock } = this.#deps;
    this.#outcomes.inc({ outcome: 'elsewhere' });
    Object.assign(followed, { stand: null, due: null, outrun: true });
    if (followed.room.applied > seq) followed.due = { seq: seq + 1, at: clock.now() + PATIENCE_MS };
  }

  #later(followed: Followed, at: number): void {
    followed.stand = null;
    if (followed.due) followed.due.at = at;
  }

  /** Left as it is until it changes. */
  #failed(followed: Followed, error: unknown): void {
    followed.due = null;
    this.#outcomes.inc({ outcome: 'failed' });
    this.#deps.log.error({ err: error, document: followed.room.id }, 'a document cannot be projected');
  }
}
