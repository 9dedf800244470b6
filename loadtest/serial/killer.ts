import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../../k8s/local/cluster.ts';
import type { Chance } from '../../services/sync/sim/random.ts';
import { bringBack, createDraw, PROCESS_KINDS, type Victim, victimsOf } from '../faults/victims.ts';

type ProcessKind = (typeof PROCESS_KINDS)[number];

/** Pods most of all: they carry commands out. A database that loses commands leaves no order to judge by. */
const KINDS: readonly ProcessKind[] = ['pod', 'pod', ...PROCESS_KINDS];

export type Kills = Record<ProcessKind, number>;

/** Kills one process of a cluster after the other, and brings each back a moment later. */
export class Killer {
  readonly killed: Kills = { pod: 0, gateway: 0, redis: 0, nats: 0, postgres: 0 };
  readonly #chance: Chance;
  readonly #draw: () => Victim;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;

  /** @param everyMs about how long everything runs between two kills */
  constructor(deps: { cluster: Cluster; chance: Chance; everyMs: number }) {
    this.#chance = deps.chance;
    this.#draw = createDraw(victimsOf(deps.cluster, deps.chance), KINDS, deps.chance);
    this.#done = this.#run(deps.everyMs);
    // Whoever stops it hears of it; until then nobody does.
    this.#done.catch(() => {});
  }

  /**
   * Kills no more; resolves when all is back.
   * @throws whatever kept a process from coming back
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(everyMs: number): Promise<void> {
    const { signal } = this.#stopping;
    // Aborted, a pause rejects, which only means that it is over.
    const wait = (ms: number) => pause(ms, undefined, { signal }).catch(() => {});
    for (;;) {
      await wait(this.#chance.between(0.5, 1.5) * everyMs);
      if (signal.aborted) return;
      const victim = this.#draw();
      await victim.kill();
      this.killed[victim.kind as ProcessKind] += 1;
      await wait(this.#chance.between(0, 1_000));
      await bringBack(victim);
    }
  }
}
