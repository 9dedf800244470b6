import type { Owner, VirtualClock } from '../clock.ts';

/** One direction of a connection: what is sent arrives later, in its order. */
export class Lane {
  readonly #clock: VirtualClock;
  readonly #delayMs: () => number;
  #last = 0;
  #cut = false;

  constructor(deps: { clock: VirtualClock; delayMs: () => number }) {
    this.#clock = deps.clock;
    this.#delayMs = deps.delayMs;
  }

  send(to: Owner, arrive: () => void): void {
    const at = Math.max(this.#last, this.#clock.now() + this.#delayMs());
    this.#last = at;
    this.#clock.afterFor(to, at - this.#clock.now(), () => {
      if (!this.#cut) arrive();
    });
  }

  /** Nothing arrives any more, what is under way included. */
  cut(): void {
    this.#cut = true;
  }
}
