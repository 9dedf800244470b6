import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../../k8s/local/cluster.ts';
import { createFailover } from '../../k8s/local/failover.ts';
import type { Chance } from '../../services/sync/sim/random.ts';

export const PROCESS_KINDS = ['pod', 'gateway', 'redis', 'nats', 'postgres'] as const;
export const VICTIM_KINDS = [...PROCESS_KINDS, 'failover'] as const;
export type VictimKind = (typeof VICTIM_KINDS)[number];

/** A process of the cluster that can be killed, and brought back at the same address. */
export interface Victim {
  kind: VictimKind;
  /** For messages. */
  name: string;
  /** As `kill -9` does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends what came back only half. */
  end(): Promise<void>;
}

const START_DEADLINE_MS = 120_000;

/** What people and agents write between the copy of a database and the failover to it is lost there. */
const LOST_MS = { min: 100, max: 800 };

/** Everything in a cluster that can be killed, and the database's being replaced by an older one. */
export function victimsOf({ pods, gateways, redis, nats, postgres }: Cluster, chance: Chance): Victim[] {
  const victim = (kind: VictimKind, name: string, { kill, start }: Pick<Victim, 'kill' | 'start'>): Victim => ({
    kind,
    name,
    kill,
    start,
    end: kill,
  });
  const failover = createFailover(postgres);
  const failOver = (promoted: boolean) => async () => {
    await failover.copy();
    await pause(chance.between(LOST_MS.min, LOST_MS.max));
    await failover.replace(promoted);
  };
  return [
    ...pods.map((pod, n) => victim('pod', `pod ${n + 1}`, pod)),
    ...gateways.map((gateway, n) => victim('gateway', `gateway ${n + 1}`, gateway)),
    victim('redis', 'Redis', redis),
    victim('nats', 'NATS', nats),
    victim('postgres', 'Postgres', postgres),
    ...[true, false].map((promoted) => ({
      ...victim('failover', promoted ? 'Postgres, for a promoted copy' : 'Postgres, for a copy', postgres),
      kill: failOver(promoted),
    })),
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
      await victim.end(); // it may be there, and only slow
    }
  }
}
