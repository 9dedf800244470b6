import type { Clock } from '@syncline/runtime';

/** How much may come at once, in seconds of what may come in the long run: a browser that returns has saved things up. */
const BURST_SECONDS = 10;

/** Lets `perSecond` tokens through in the long run, and some seconds' worth of them at once. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  constructor(deps: { clock: Clock; perSecond: number }) {
    this.#clock = deps.clock;
    this.#perSecond = deps.perSecond;
    this.#tokens = deps.perSecond * BURST_SECONDS;
    this.#filledAt = deps.clock.now();
  }

  /** @returns whether there was enough */
  take(tokens: number): boolean {
    const now = this.#clock.now();
    const most = this.#perSecond * BURST_SECONDS;
    this.#tokens = Math.min(most, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }
}
