/**
 * Time and chance as libraries reach for them: `Date.now`, timers, `Math.random`, random bytes. While a simulation runs
 * they are the simulation's, otherwise the process's own.
 *
 * Always: this module is loaded before any library that the simulation runs; several keep `Date.now` from their loading
 * on.
 */
import { webcrypto } from 'node:crypto';

export interface Ambient {
  now(): number;
  /** Runs `fn` once after `ms`; the answer cancels it. */
  after(ms: number, fn: () => void): () => void;
  random(): number;
}

/** Virtual time begins here, so that a log's times look like times. */
const EPOCH = Date.UTC(2030, 0, 1);

const real = {
  now: Date.now,
  random: Math.random,
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  setImmediate: globalThis.setImmediate,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
  clearImmediate: globalThis.clearImmediate,
  getRandomValues: webcrypto.getRandomValues.bind(webcrypto),
};

let current: Ambient | null = null;

/** Makes time and chance those of `ambient`; null gives them back. */
export function enter(ambient: Ambient | null): void {
  current = ambient;
}

/** Resolves when every microtask there is has run, and all that they brought. */
export function drained(): Promise<void> {
  return new Promise((resolve) => {
    real.setImmediate(resolve);
  });
}

class VirtualTimer {
  cancel: () => void = () => {};
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return false;
  }
}

type Callback = (...args: unknown[]) => void;

function once(ambient: Ambient, ms: number, fn: Callback, args: unknown[]): VirtualTimer {
  const timer = new VirtualTimer();
  timer.cancel = ambient.after(ms, () => fn(...args));
  return timer;
}

function again(ambient: Ambient, ms: number, fn: Callback, args: unknown[]): VirtualTimer {
  const timer = new VirtualTimer();
  const arm = () => {
    timer.cancel = ambient.after(ms, () => {
      arm();
      fn(...args);
    });
  };
  arm();
  return timer;
}

function clear(timer: unknown, otherwise: (timer: never) => void): void {
  if (timer instanceof VirtualTimer) timer.cancel();
  else otherwise(timer as never);
}

Date.now = () => (current ? EPOCH + Math.floor(current.now()) : real.now());
Math.random = () => (current ? current.random() : real.random());
Object.assign(globalThis, {
  // As in Node, a delay below one millisecond is one.
  setTimeout: (fn: Callback, ms = 1, ...args: unknown[]) =>
    current ? once(current, Math.max(1, ms), fn, args) : real.setTimeout(fn, ms, ...args),
  setInterval: (fn: Callback, ms = 1, ...args: unknown[]) =>
    current ? again(current, Math.max(1, ms), fn, args) : real.setInterval(fn, ms, ...args),
  setImmediate: (fn: Callback, ...args: unknown[]) =>
    current ? once(current, 0, fn, args) : real.setImmediate(fn, ...args),
  clearTimeout: (timer: unknown) => clear(timer, real.clearTimeout),
  clearInterval: (timer: unknown) => clear(timer, real.clearInterval),
  clearImmediate: (timer: unknown) => clear(timer, real.clearImmediate),
});
Object.defineProperty(webcrypto, 'getRandomValues', {
  configurable: true,
  value: (into: Uint8Array) => {
    if (!current) return real.getRandomValues(into);
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(current.random() * 256);
    return into;
  },
});
