import type { Clock, Logger, Random } from '@syncline/runtime';
import type { Session } from './session.ts';

/** How long a change of rights may go unnoticed: somewhere between these two, so that pods do not ask in step. */
const EVERY_MS = { min: 300, max: 600 };
/** Sessions that are reviewed at a time: each may need the database, which must serve others too. */
const AT_ONCE = 20;

export interface RightsWatchDeps {
  /** Whether rights may have changed since it was last asked. @throws when that cannot be told */
  changed: () => Promise<boolean>;
  sessions: () => Iterable<Session>;
  clock: Clock;
  random: Random;
  log: Logger;
}

/**
 * Sees to it that nobody stays longer than they may (A11): asks all the time whether rights have changed, and when they
 * have, looks at everyone who is in. It asks Postgres, where a change is made, and so needs no bus to hear of it.
 */
export class RightsWatch {
  readonly #deps: RightsWatchDeps;
  #cancel: () => void = () => {};
  #stopped = false;
  /** Rights have changed, and not everyone has been looked at since. */
  #due = false;
  #blind = false;

  constructor(deps: RightsWatchDeps) {
    this.#deps = deps;
    this.#later();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #later(): void {
    if (this.#stopped) return;
    const { clock, random } = this.#deps;
    const ms = EVERY_MS.min + random() * (EVERY_MS.max - EVERY_MS.min);
    this.#cancel = clock.after(ms, () => void this.#round().finally(() => this.#later()));
  }

  async #round(): Promise<void> {
    for (const session of this.#deps.sessions()) session.watchTime();
    try {
      if (await this.#deps.changed()) this.#due = true;
      if (this.#due) await this.#review();
      this.#due = false;
      this.#blind = false;
    } catch (error) {
      if (!this.#blind) this.#deps.log.warn({ err: error }, 'changes of rights cannot be read; they stay as they were');
      this.#blind = true;
    }
  }

  async #review(): Promise<void> {
    const sessions = [...this.#deps.sessions()];
    for (let at = 0; at < sessions.length; at += AT_ONCE)
      await Promise.all(sessions.slice(at, at + AT_ONCE).map((session) => session.review()));
  }
}
