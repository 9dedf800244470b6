import type { Clock, Logger } from '@syncline/runtime';
import { type Database, DatabaseError } from './database.ts';
import { createLeases } from './lease.ts';

/** How long a database that could not be written is left alone before it is tried. */
const PROBE_MS = 1_000;
/** One that fails again this soon after a try, as on a full disk, where little things still find room, … */
const RELAPSE_MS = 10_000;
/** … is left alone for twice as long as before, up to this: readiness must not come and go. */
const MAX_PROBE_MS = 15_000;
/** One that cannot be asked at all, because it is down or starting, is not spared by waiting; people wait for its return. */
const AWAY_MS = 250;

/**
 * Whether the database can be written, as far as anyone knows (J22). While it cannot, the process is not ready and may be
 * sent nothing, so this finds out by itself when it can again; a commit that succeeds meanwhile proves little.
 */
export class Availability {
  readonly #deps: { db: Database; clock: Clock; log: Logger };
  #available = true;
  #probing = false;
  #probeMs = PROBE_MS;
  #recoveredAt = -Infinity;

  constructor(deps: { db: Database; clock: Clock; log: Logger }) {
    this.#deps = deps;
  }

  get available(): boolean {
    return this.#available;
  }

  /** The database could not be written. */
  lost(): void {
    if (this.#available) {
      const relapsed = this.#deps.clock.now() - this.#recoveredAt < RELAPSE_MS;
      this.#probeMs = relapsed ? Math.min(2 * this.#probeMs, MAX_PROBE_MS) : PROBE_MS;
    }
    this.#available = false;
    if (!this.#probing) this.#probeAfter(this.#probeMs);
  }

  #probeAfter(ms: number): void {
    this.#probing = true;
    this.#deps.clock.after(ms, () => void this.#probe());
  }

  async #probe(): Promise<void> {
    const { db, clock, log } = this.#deps;
    try {
      await createLeases(db).take('probe', 'probe', 0);
      this.#available = true;
      this.#recoveredAt = clock.now();
      this.#probing = false;
    } catch (error) {
      log.debug({ err: error }, 'the journal still cannot be written');
      this.#probeAfter(error instanceof DatabaseError && error.away ? AWAY_MS : this.#probeMs);
    }
  }
}
