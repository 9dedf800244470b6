import { createPostgres } from '@syncline/journal';
import { expect, it } from 'vitest';
import { startCluster } from '../../k8s/local/cluster.ts';
import { createChance } from '../../services/sync/sim/random.ts';
import { Killer } from './killer.ts';
import { runRound } from './round.ts';

it('[S9, S10, S11, S28] conflicting commands through two gateways and two pods have a serial order, although pods are killed', async () => {
  const cluster = await startCluster({ port: 0 });
  const db = createPostgres({ url: cluster.postgres.url, connections: 2, onError: () => {} });
  const killer = new Killer({ cluster, chance: createChance(1), everyMs: 1_500 });
  try {
    for (let round = 1; round === 1 || killer.killed.pod === 0; round++) {
      const deps = { cluster, db, chance: createChance(round), name: `round-${round}` };
      const { found, ...tally } = await runRound(deps, 200);
      expect(found).toEqual([]);
      expect(tally).toMatchObject({ commands: 200, unanswered: 0 });
      // Commands that never meet would prove nothing.
      expect(tally.refused).toBeGreaterThan(30);
    }
  } finally {
    await killer.stop();
    await db.close();
    await cluster.stop();
  }
}, 180_000);
