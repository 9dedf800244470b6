import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';

/** Something that a stock cluster does to those who trust it. */
export interface Scenario {
  title: string;
  /** When stock pods store, if not two seconds after the edit. */
  stockEnv?: Record<string, string>;
  /** What {@link run} gives on a stock cluster. */
  stockLoses: string[];
  /** @returns what was promised and not kept */
  run(cluster: Cluster): Promise<string[]>;
}

/** So that what follows the store comes sooner. */
export const STORES_SOON = { DEBOUNCE_MS: '100' };
/** As late as it may be while people type; else a busy machine is at times slower than the store. */
export const STORES_LATE = { DEBOUNCE_MS: '10000' };

/**
 * Waits for what was promised.
 * @param within how long it may take, and how long to look on
 * @returns `what`, with by how much, when it was not kept
 */
export async function promised(
  what: string,
  condition: () => boolean,
  within: { promisedMs: number; watchedMs: number },
): Promise<string[]> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > within.watchedMs) return [`${what}: not within ${within.watchedMs} ms`];
    await pause(5);
  }
  return performance.now() - start > within.promisedMs ? [`${what}: not within ${within.promisedMs} ms`] : [];
}

/** Whether the process ends within this time. */
export async function ends(exited: Promise<unknown>, withinMs: number): Promise<boolean> {
  return Promise.race([exited.then(() => true), pause(withinMs, false)]);
}
