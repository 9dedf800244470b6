import type { Fanout } from '@syncline/bus';
import type { JournalReader } from '@syncline/journal';
import { Refusal } from '@syncline/protocol';
import type { Clock, Logger, Random } from '@syncline/runtime';
import type { RepairReason, Room } from './room.ts';

export interface RepairerDeps {
  reader: JournalReader;
  fanout: Fanout;
  clock: Clock;
  random: Random;
  log: Logger;
  rooms: () => Iterable<Room>;
  /** Looks whether a recovery of the database shows. @throws what reading throws */
  watchEpoch: () => Promise<void>;
  onRepair: (reason: RepairReason) => void;
  /** The timer's bounds; pods must not all read at once. */
  everyMs: { min: number; max: number };
}

/** How soon a repair that could not read is tried again. */
const RETRY_MS = 500;
/** Doubts that come together are answered together. */
const DOUBT_MS = 50;

/**
 * Reads from the journal what the fan-out lost: for all documents of the pod in one query, when the fan-out is restored
 * and by a timer (S21). Positions are compared, not state vectors: equal vectors can hide lost deletions. What it reads
 * also shows whether the journal still tells the history that the pod knows (S48).
 */
export class Repairer {
  readonly #deps: RepairerDeps;
  readonly #stopListening: () => void;
  #cancelTimer: () => void = () => {};
  #stopped = false;
  #doubting = false;
  #answering = false;
  #doubtedAgain = false;

  constructor(deps: RepairerDeps) {
    this.#deps = deps;
    this.#stopListening = deps.fanout.onRestored(() => void this.#repair('restored'));
    this.#schedule();
    // The first look is what later ones are compared with.
    void this.#repair('timer');
  }

  /** Asks soon, and until it is answered, whether the journal is what it was. */
  doubt(): void {
    if (this.#doubting || this.#stopped) return;
    this.#doubting = true;
    this.#deps.clock.after(DOUBT_MS, () => {
      this.#doubting = false;
      void this.#answerDoubt();
    });
  }

  /** One pass at a time, however many doubt meanwhile: a slow database would else get ever more of them. */
  async #answerDoubt(): Promise<void> {
    this.#doubtedAgain = true;
    if (this.#answering) return;
    this.#answering = true;
    while (this.#doubtedAgain && !this.#stopped) {
      this.#doubtedAgain = false;
      await this.#repair('doubt');
    }
    this.#answering = false;
  }

  /** One look before the end: what was not noticed until then nobody would bring back. */
  async lookAgain(): Promise<void> {
    await this.#repair('timer');
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
    try {
      if (reason === 'timer' || reason === 'doubt') await this.#deps.watchEpoch();
      const rooms = new Map([...this.#deps.rooms()].map((room) => [room.id, room]));
      if (!rooms.size || this.#stopped) return;
      const wanted = [...rooms.values()].map((room) => ({ document: room.id, after: room.position }));
      for (const [document, { history, rows }] of await this.#deps.reader.tails(wanted)) {
        const room = rooms.get(document)!;
        // Its own commits may have brought it further meanwhile.
        if (history === 'same' && rows.length && rows.every((row) => row.seq <= room.applied)) continue;
        this.#deps.onRepair(reason);
        if (history === 'same' && rows[0] && rows[0].seq <= room.applied + 1) room.receiveTail(rows);
        // Rows have given way to a snapshot, or belong to another history: a reading of its own decides.
        else await room.catchUp().catch(throwUnlessRefused);
      }
    } catch (error) {
      this.#deps.log.warn({ err: error, reason }, 'could not read what the fan-out may have lost');
      // The timer comes again by itself.
      if (reason === 'doubt') this.#deps.clock.after(RETRY_MS, () => this.doubt());
      else if (reason !== 'timer' && !this.#stopped) this.#deps.clock.after(RETRY_MS, () => void this.#repair(reason));
    }
  }
}

/** A room that is superseded says so by a refusal, and has told whoever opens another. */
export function throwUnlessRefused(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
}
