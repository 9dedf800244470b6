import { setTimeout as pause } from 'node:timers/promises';
import { createPostgres } from '@syncline/journal';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Checkout, checkOut } from '../../.ci/checkout.ts';
import { lastNamedVersion } from '../../.ci/named-version.ts';
import {
  type Cluster,
  type ClusterServers,
  migrate,
  startCluster,
  startClusterServers,
  stopClusterServers,
} from './cluster.ts';
import { ROOT, type ServiceProcess } from './service-process.ts';
import { openStored } from './stored.ts';
import { UpgradeLoad } from './upgrade-load.ts';

const PODS = 2;
const DRAIN_MS = 1_000;
/** As the chart has it, only shorter: nothing new is sent to a process that is about to be told to end. */
const PRE_STOP_MS = 300;

const { version, commit } = lastNamedVersion();
let before: Checkout;
let servers: ClusterServers;
beforeAll(async () => {
  before = await checkOut(commit);
  servers = await startClusterServers();
  // Where that version stood on other packages, they are installed first.
}, 300_000);
afterAll(async () => {
  await before?.remove();
  if (servers) await stopClusterServers(servers);
});

type Part = 'pods' | 'gateways';
const ORDERS: [Part, Part][] = [
  ['pods', 'gateways'],
  ['gateways', 'pods'],
];

it.each(ORDERS)(
  `from ${version} to here under 300 people, %s before %s: nothing is lost, and every answer is a documented one`,
  async (...order) => {
    const database = `${order[0]}_first`;
    await createDatabase(database);
    const cluster = await startCluster({
      port: 0,
      pods: PODS,
      inTurn: true,
      root: before.folder,
      podEnv: { DRAIN_MS: String(DRAIN_MS) },
      beside: { servers, database },
    });
    const stored = openStored(cluster.databaseUrl);
    const load = new UpgradeLoad(cluster.url);
    try {
      await load.start();
      // What runs must stand the next version's schema, too.
      await migrate(cluster.databaseUrl);
      await load.goOn();
      for (const part of order)
        for (const process of cluster[part]) {
          await replace(cluster, part, process);
          // Who comes now may be let in by a pod of either version.
          if (part === 'pods') await load.exchange();
          await load.goOn();
          expect(await Promise.all(cluster.pods.map(unreadFrames))).toEqual(cluster.pods.map(() => 0));
        }
      const lost = await load.finish(stored);
      expect({ wrong: load.wrong, lost }).toEqual({ wrong: [], lost: [] });
      expect(Object.keys(load.answers)).toEqual(expect.arrayContaining(['GET 200', 'GET 304', 'POST 201', 'MCP 200']));
      for (const { closed, opened } of load.people) {
        // A pod that ends tells each to go elsewhere, where they get in at once.
        expect(closed.every(({ code }) => code === 1012) && closed.length <= PODS).toBe(true);
        expect(opened.length).toBe(closed.length + 1);
      }
    } finally {
      await load.stop();
      await stored.close();
      await cluster.stop();
    }
  },
  300_000,
);

/** Ends a process and starts it again as the present version. */
async function replace({ backends }: Cluster, part: Part, process: ServiceProcess): Promise<void> {
  const all = backends[part];
  backends[part] = all.filter((url) => url !== process.url);
  await pause(PRE_STOP_MS);
  expect(await process.stop()).toBe(0);
  await process.start(ROOT);
  backends[part] = all;
}

/** What the other pods sent and this one cannot read: it would learn of edits all the same, but late. */
async function unreadFrames({ adminUrl }: ServiceProcess): Promise<number> {
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  return Number(/^syncline_fanout_malformed_total (\d+)$/m.exec(metrics)?.[1]);
}

async function createDatabase(name: string): Promise<void> {
  const db = createPostgres({ url: servers.postgres.url, connections: 1, onError: () => {} });
  await db.query(`CREATE DATABASE ${name}`);
  await db.close();
}
