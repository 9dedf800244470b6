import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../local/cluster.ts';
import type { ServiceProcess } from '../local/service-process.ts';
import { alerts, dashboard, metricsIn } from './monitoring.ts';

let cluster: Cluster;
let scraped: string;
beforeAll(async () => {
  cluster = await startCluster({ port: 0, pods: 1 });
  const asked = [...cluster.pods, ...cluster.gateways].map(scrape);
  scraped = (await Promise.all(asked)).join('\n');
});
afterAll(() => cluster.stop());

it('each metric of the alerts and the dashboard is there in running pods and gateways', () => {
  const wanted = [...alerts().map(({ expr }) => expr), ...dashboard().expressions].flatMap(metricsIn);
  expect(wanted.length).toBeGreaterThan(20);
  expect(Array.from(new Set(wanted)).filter((name) => !exists(name))).toEqual([]);
});

it('a count whose first rise an alert must hear of is there from the start', () => {
  const series = alerts().flatMap(({ expr }) =>
    Array.from(expr.matchAll(/increase\(([^[]+)\[/g), (match) => match[1]!),
  );
  expect(series.length).toBeGreaterThan(3);
  // With any labels, where it names none.
  const isThere = (one: string) =>
    scraped.split('\n').some((line) => line === `${one} 0` || (line.startsWith(`${one}{`) && line.endsWith('} 0')));
  expect(series.filter((one) => !isThere(one))).toEqual([]);
});

it('what the chart runs for `helm test` passes here', async () => {
  const script = fileURLToPath(new URL('../../charts/syncline/files/test.mjs', import.meta.url));
  const ask = (env: object) => promisify(execFile)(process.execPath, [script], { env: { ...settings(), ...env } });
  const { stdout } = await ask({ AUTH_MODE: 'open' });
  expect(stdout.match(/^ok: /gm)).toHaveLength(5);
  // It ends with 1 where somebody is let in who should not be.
  await expect(ask({ AUTH_MODE: 'keys' })).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('NOT SO: without a key nothing is listed (200)'),
  });
});

function settings(): Record<string, string> {
  const [pod, gateway] = [cluster.pods[0]!, cluster.gateways[0]!];
  return { SYNC: pod.url, GATEWAY: gateway.url, PUBLIC_URL: cluster.url, PAUSE_MS: '10' };
}

async function scrape({ adminUrl }: ServiceProcess): Promise<string> {
  return (await fetch(`${adminUrl}/metrics`)).text();
}

/** As a sample, or as a count that nothing has been counted by yet. */
function exists(name: string): boolean {
  return new RegExp(`^(# TYPE )?${name}[ {]`, 'm').test(scraped);
}
