import type { Fanout } from '@syncline/bus';
import type { JournalReader } from '@syncline/journal';
import type { Clock, Logger, Random } from '@syncline/runtime';
import type { RepairReason, Room } from './room.ts';

export interface RepairerDeps {
  reader: JournalReader;
  fanout: Fanout;
  clock: Clock;
  random: Random;
  log: Logger;
  rooms: () => Iterable<Room>;
  onRepair: (reason: RepairReason) => void;
  /** The timer's bounds; pods must not all read at once. */
  everyMs: { min: number; max: number };
}

/** How soon a repair that could not read is tried again. */
const RETRY_MS = 500;

/**
 * Reads from the journal what the fan-out lost: for all documents of the pod in one query, when the fan-out is restored
 * and by a timer (S21). Numbers are compared, not state vectors: equal vectors can hide lost deletions.
 */
export class Repairer {
  readonly #deps: RepairerDeps;
  readonly #stopListening: () => void;
  #cancelTimer: () => void = () => {};
  #stopped = false;

  constructor(deps: RepairerDeps) {
    this.#deps = deps;
    this.#stopListening = deps.fanout.onRestored(() => void this.#repair('restored'));
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopListening();
    this.#cancelTimer();
  }

  #schedule(): void {
    const { clock, random, everyMs } = this.#deps;
    this.#cancelTimer = clock.after(everyMs.min + random() * (everyMs.max - everyMs.min), () => {
      void this.#repair('timer').finally(() => {
        if (!this.#stopped) this.#schedule();
      });
    });
  }

  async #repair(reason: RepairReason): Promise<void> {
    const rooms = new Map([...this.#deps.rooms()].map((room) => [room.id, room]));
    if (!rooms.size || this.#stopped) return;
    try {
      const wanted = [...rooms.values()].map((room) => ({ document: room.id, after: room.applied }));
      for (const [document, rows] of await this.#deps.reader.tails(wanted)) {
        const room = rooms.get(document)!;
        // Its own commits may have brought it further meanwhile.
        if (rows.every((row) => row.seq <= room.applied) && rows.length) continue;
        this.#deps.onRepair(reason);
        if (rows[0]?.seq === room.applied + 1) room.receiveTail(rows);
        else await room.catchUp();
      }
    } catch (error) {
      this.#deps.log.warn({ err: error, reason }, 'could not read what the fan-out may have lost');
      // The timer comes again by itself.
      if (reason !== 'timer' && !this.#stopped) this.#deps.clock.after(RETRY_MS, () => void this.#repair(reason));
    }
  }
}
