import { type Activity, type KnownUser, MAX_CHANGED } from '@syncline/protocol';
import type { Clock, Random } from '@syncline/runtime';

export interface AtWorkLimits {
  /** How long somebody is there after their last call; 0 for not at all. */
  atWorkMs: number;
  /** How many are there at once. */
  maxAtWork: number;
}

export interface AtWorkDeps {
  clock: Clock;
  random: Random;
  limits: AtWorkLimits;
  /** Tells everyone who this client of the awareness is and does; `null` for one who has left. */
  say: (client: number, clock: number, user: AtWorkUser | null) => void;
  /** Somebody cannot be shown, for there are too many. */
  onFull: () => void;
}

export type AtWorkUser = KnownUser & { activity: Activity };

interface Worker {
  client: number;
  clock: number;
  user: KnownUser;
  saidAt: number;
  /** What they have changed that is not told yet. */
  untold: (Activity & { type: 'editing' }) | null;
  cancelLeaving: () => void;
}

/** What is changed within this time of the last word is told in one more. */
const GATHER_MS = 200;
/**
 * One who goes on as before is told of again after this time; who hears nothing of somebody for 30 s takes them out, so
 * that {@link MAX_AT_WORK_MS} and this must not be longer together.
 */
const REPEAT_MS = 5_000;
export const MAX_AT_WORK_MS = 25_000;

/**
 * Those who act on one document through the gateway, as clients that this pod itself speaks for: there from their first
 * call until they have been silent for a while. A call makes others hear one word at most (S57).
 */
export class AtWork {
  readonly #deps: AtWorkDeps;
  readonly #workers = new Map<string, Worker>();
  #ended = false;

  constructor(deps: AtWorkDeps) {
    this.#deps = deps;
  }

  /** @param key who it is, the same at each of their calls */
  called(key: string, appearance: () => KnownUser, activity: Activity): void {
    const { clock, limits } = this.#deps;
    const worker = this.#workers.get(key) ?? this.#enter(key, appearance);
    if (!worker) return;
    worker.cancelLeaving();
    worker.cancelLeaving = clock.after(limits.atWorkMs, () => this.#leave(key, worker));
    const sinceSaid = clock.now() - worker.saidAt;
    if (activity.type === 'reading') {
      if (!worker.untold && sinceSaid >= REPEAT_MS) this.#say(worker, activity);
    } else if (worker.untold) worker.untold = together(worker.untold, activity);
    else if (sinceSaid >= GATHER_MS) this.#say(worker, activity);
    else {
      worker.untold = activity;
      clock.after(GATHER_MS - sinceSaid, () => worker.untold && this.#say(worker, worker.untold));
    }
  }

  /** All leave, and nobody comes any more. @returns whose clients have left */
  end(): number[] {
    this.#ended = true;
    const left = [...this.#workers.values()].map(({ client }) => client);
    for (const [key, worker] of this.#workers) this.#leave(key, worker);
    return left;
  }

  #enter(key: string, appearance: () => KnownUser): Worker | null {
    const { random, limits, onFull } = this.#deps;
    if (this.#ended || limits.atWorkMs === 0) return null;
    if (this.#workers.size >= limits.maxAtWork) {
      onFull();
      return null;
    }
    const client = 1 + Math.floor(random() * 0xfffffffe);
    const user = appearance();
    const worker = { client, clock: 0, user, saidAt: -Infinity, untold: null, cancelLeaving: () => {} };
    this.#workers.set(key, worker);
    return worker;
  }

  #say(worker: Worker, activity: Activity): void {
    worker.clock += 1;
    worker.saidAt = this.#deps.clock.now();
    worker.untold = null;
    this.#deps.say(worker.client, worker.clock, { ...worker.user, activity });
  }

  #leave(key: string, worker: Worker): void {
    worker.cancelLeaving();
    worker.untold = null;
    this.#workers.delete(key);
    this.#deps.say(worker.client, worker.clock, null);
  }
}

function together(one: Activity & { type: 'editing' }, next: Activity & { type: 'editing' }): typeof one {
  return { ...next, changed: [...new Set([...one.changed, ...next.changed])].slice(-MAX_CHANGED) };
}
