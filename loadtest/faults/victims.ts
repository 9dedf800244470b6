import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../../k8s/local/cluster.ts';
import type { Chance } from '../../services/sync/sim/random.ts';

export const VICTIM_KINDS = ['pod', 'gateway', 'redis', 'nats', 'postgres'] as const;
export type VictimKind = (typeof VICTIM_KINDS)[number];

/** A process of the cluster that can be killed, and brought back at the same address. */
export interface Victim {
  kind: VictimKind;
  /** For messages. */
  name: string;
  /** As `kill -9` does. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

const START_DEADLINE_MS = 120_000;

/** Everything in a cluster that can be killed. */
export function victimsOf({ pods, gateways, redis, nats, postgres }: Cluster): Victim[] {
  const victim = (kind: VictimKind, name: string, { kill, start }: Pick<Victim, 'kill' | 'start'>): Victim => ({
    kind,
    name,
    kill,
    start,
  });
  return [
    ...pods.map((pod, n) => victim('pod', `pod ${n + 1}`, pod)),
    ...gateways.map((gateway, n) => victim('gateway', `gateway ${n + 1}`, gateway)),
    victim('redis', 'Redis', redis),
    victim('nats', 'NATS', nats),
    victim('postgres', 'Postgres', postgres),
  ];
}

/** Draws victims by chance, but each kind once before any kind comes again. */
export function createDraw(victims: Victim[], kinds: readonly VictimKind[], chance: Chance): () => Victim {
  let left: VictimKind[] = [];
  return () => {
    if (!left.length) left = [...kinds];
    const [kind] = left.splice(chance.int(left.length), 1);
    return chance.pick(victims.filter((victim) => victim.kind === kind));
  };
}

/** Starts a victim again. Postgres refuses as long as a child of its former self still lives. */
export async function bringBack(victim: Victim): Promise<void> {
  for (const deadline = performance.now() + START_DEADLINE_MS; ; await pause(50)) {
    try {
      return await victim.start();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await victim.kill(); // it may be there, and only slow
    }
  }
}
