import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGrounds, withCluster } from './cluster.ts';
import { COMMANDS } from './scenarios/commands.ts';
import { EDITS } from './scenarios/edits.ts';
import { PODS } from './scenarios/pods.ts';
import { STOCK, SYNCLINE } from './systems.ts';

let grounds: Awaited<ReturnType<typeof openGrounds>>;
beforeAll(async () => {
  grounds = await openGrounds([STOCK, SYNCLINE]);
});
afterAll(() => grounds.close());

for (const { title, stockEnv = {}, stockLoses, run } of [...EDITS, ...COMMANDS, ...PODS])
  describe.concurrent(`${title}`, { timeout: 300_000 }, () => {
    it('stock loses it', async () => {
      expect(await withCluster(grounds.of(STOCK), stockEnv, run)).toEqual(stockLoses);
    });

    it('Syncline keeps it', async () => {
      expect(await withCluster(grounds.of(SYNCLINE), {}, run)).toEqual([]);
    });
  });
