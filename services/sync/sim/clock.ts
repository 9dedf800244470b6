import type { Clock } from '@syncline/runtime';
import { type Ambient, drained } from './ambient.ts';
import { type Event, EventQueue } from './queue.ts';
import { type Chance, hash } from './random.ts';

/** Whose events these are. A process that has died runs none of its own any more. */
export class Owner {
  readonly name: string;
  alive = true;

  constructor(name: string) {
    this.name = name;
  }
}

interface Owned extends Event {
  owner: Owner;
}

/**
 * Virtual time: events one after the other, and after each of them everything that follows at once.
 *
 * Always: what an event sets off belongs to the event's owner, so that an owner's death takes all of it along. Events of
 * one time come in an order that the seed decides; those of one owner keep theirs.
 */
export class VirtualClock implements Clock, Ambient {
  readonly #queue = new EventQueue<Owned>();
  readonly #chance: Chance;
  readonly #salt: number;
  readonly #onEvent: (owner: Owner) => void;
  #now = 0;
  #order = 0;
  /** Whose event is being run. */
  owner: Owner = new Owner('world');

  constructor(deps: { chance: Chance; onEvent: (owner: Owner) => void }) {
    this.#chance = deps.chance;
    this.#salt = deps.chance.int(2 ** 31);
    this.#onEvent = deps.onEvent;
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.#chance.next();
  }

  after(ms: number, fn: () => void): () => void {
    return this.afterFor(this.owner, ms, fn);
  }

  /** The same for another: a frame's arrival belongs to whom it reaches. */
  afterFor(owner: Owner, ms: number, fn: () => void): () => void {
    const at = this.#now + Math.max(0, ms);
    const event: Owned = { at, tie: hash(owner.name, this.#salt ^ at), order: (this.#order += 1), run: fn, owner };
    if (owner.alive) this.#queue.push(event);
    return () => {
      event.run = null;
    };
  }

  /** How many events wait for an owner. */
  pending(owner: Owner): number {
    let count = 0;
    for (const event of this.#queue) if (event.owner === owner && event.run) count += 1;
    return count;
  }

  /** Runs what comes up to `until`, then stands there. */
  async runUntil(until: number): Promise<void> {
    for (let event = this.#queue.peek(); event && event.at <= until; event = this.#queue.peek()) {
      this.#queue.pop();
      if (!event.run || !event.owner.alive) continue;
      this.#now = event.at;
      this.owner = event.owner;
      this.#onEvent(event.owner);
      event.run();
      await drained();
    }
    this.#now = until;
  }
}
