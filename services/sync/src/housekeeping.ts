import type { Compaction, Leases } from '@syncline/journal';
import type { Clock, Logger } from '@syncline/runtime';

export interface HousekeepingDeps {
  compaction: Compaction;
  leases: Leases;
  /** This pod, as the owner of the lease. */
  pod: string;
  clock: Clock;
  log: Logger;
  /** Projects what a pod that died has left behind. */
  catchUpProjection: () => Promise<number>;
  everyMs: number;
  /** How long a command's id keeps it from taking effect again. */
  keepCommandsMs: number;
}

/** What one pod at a time does for all: it goes round as long as the process lives. */
export class Housekeeping {
  readonly #deps: HousekeepingDeps;
  #cancel: () => void = () => {};
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: HousekeepingDeps) {
    this.#deps = deps;
    this.#in(deps.everyMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
  }

  #in(ms: number): void {
    this.#cancel = this.#deps.clock.after(ms, () => {
      this.#running = this.#round().finally(() => {
        if (!this.#stopped) this.#in(this.#deps.everyMs);
      });
    });
  }

  async #round(): Promise<void> {
    const { leases, pod, everyMs, compaction, keepCommandsMs, log } = this.#deps;
    try {
      // A little longer than a round, so that the lease stays with its owner while that lives.
      if (!(await leases.take('housekeeping', pod, 2 * everyMs))) return;
      const projected = await this.#deps.catchUpProjection();
      if (projected) log.info({ projected }, 'projected what was left behind');
      await compaction.forgetCommands(keepCommandsMs);
    } catch (error) {
      log.warn({ err: error }, 'housekeeping could not be done this time');
    }
  }
}
