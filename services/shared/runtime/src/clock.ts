/** Time and chance as arguments, so that the simulator can turn both. */
export interface Clock {
  /** Milliseconds; only differences mean anything. */
  now(): number;
  /** Runs `fn` once after `ms`; the answer cancels it. Never keeps the process alive. */
  after(ms: number, fn: () => void): () => void;
}

/** A number in [0, 1). */
export type Random = () => number;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
