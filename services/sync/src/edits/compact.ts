import type { Compaction, JournalReader, Leases } from '@syncline/journal';
import type { Clock, Logger } from '@syncline/runtime';
import type { Merged, MergeTask } from './merge.ts';
import type { Room } from './room.ts';

export interface CompactionLimits {
  /** Rows that a document may have behind its snapshot before a new one is made. */
  maxRows: number;
  /** The same in bytes of updates. */
  maxBytes: number;
  /** How long rows are kept, although a snapshot covers them: as far back as history reaches. */
  keepRowsMs: number;
}

export interface CompactorDeps {
  reader: JournalReader;
  compaction: Compaction;
  leases: Leases;
  /** This pod, as the owner of leases. */
  pod: string;
  /** Merges off the path of other documents' edits. */
  merge: (task: MergeTask) => Promise<Merged>;
  clock: Clock;
  log: Logger;
  onCompacted: (outcome: 'done' | 'failed' | 'elsewhere') => void;
  limits: CompactionLimits;
}

/** How long one compaction may hold its lease. */
const LEASE_MS = 60_000;
/** How long a document is left alone after a compaction that failed, or that another pod was at. */
const LATER_MS = 10_000;

/**
 * Keeps loading bounded: a document with too much behind its snapshot gets a new one, made of the journal's rows and
 * never of anyone's memory (J18). One document at a time; nothing waits for it.
 */
export class Compactor {
  readonly #deps: CompactorDeps;
  readonly #waiting = new Set<Room>();
  readonly #later = new WeakMap<Room, number>();
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(deps: CompactorDeps) {
    this.#deps = deps;
  }

  /** Watches how much the room has behind its snapshot. */
  follow(room: Room): void {
    const look = () => {
      if (this.#isDue(room)) this.#enqueue(room);
    };
    room.onApplied(look);
    look();
  }

  /** Ends after the document that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  #isDue({ behind }: Room): boolean {
    const { maxRows, maxBytes } = this.#deps.limits;
    return behind.rows > maxRows || behind.bytes > maxBytes;
  }

  #enqueue(room: Room): void {
    if (this.#stopped || this.#waiting.has(room) || this.#deps.clock.now() < (this.#later.get(room) ?? 0)) return;
    this.#waiting.add(room);
    this.#running ??= this.#run().finally(() => (this.#running = null));
  }

  async #run(): Promise<void> {
    // Outside of the commit's callback, in which a room says that it is due.
    await Promise.resolve();
    for (const room of this.#waiting) {
      if (!this.#stopped) await room.hold(() => this.#compact(room));
      this.#waiting.delete(room);
    }
  }

  async #compact(room: Room): Promise<void> {
    const { leases, pod, log, onCompacted, clock } = this.#deps;
    const name = `compact ${room.id}`;
    try {
      if (await leases.take(name, pod, LEASE_MS)) {
        await this.#replace(room);
        await leases.release(name, pod);
        onCompacted('done');
        return;
      }
      onCompacted('elsewhere');
    } catch (error) {
      log.warn({ err: error, document: room.id }, 'a document could not be compacted yet');
      onCompacted('failed');
    }
    this.#later.set(room, clock.now() + LATER_MS);
  }

  async #replace(room: Room): Promise<void> {
    const { reader, compaction, merge, limits } = this.#deps;
    const { snapshot, rows } = await reader.read(room.id);
    // Another pod may have been here just before.
    if (rows.length * 2 > limits.maxRows || bytesOf(rows) * 2 > limits.maxBytes) {
      const merged = await merge({ snapshot, rows });
      const { seq: coversSeq, nonce } = rows.at(-1)!;
      await compaction.replaceSnapshot(room.id, { coversSeq, nonce, ...merged }, limits.keepRowsMs);
      room.compacted({ coversSeq, snapshotBytes: merged.state.length, bytes: 0 });
    } else {
      const { coversSeq = 0, state } = snapshot ?? {};
      room.compacted({ coversSeq, snapshotBytes: state?.length ?? 0, bytes: bytesOf(rows) });
    }
  }
}

function bytesOf(rows: { update: Uint8Array }[]): number {
  return rows.reduce((bytes, row) => bytes + row.update.length, 0);
}
