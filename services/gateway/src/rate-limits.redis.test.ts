import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import type { Grant } from '@syncline/auth';
import { openAccess } from '@syncline/auth';
import { connectRedis } from '@syncline/bus';
import { systemClock } from '@syncline/runtime';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { startRedis } from '../../../.ci/redis.ts';
import { startGateway } from '../test/gateway-under-test.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

let count = 0;

/** A gateway that knows callers by `X-Key`, each a key of its own workspace. */
async function start(limits: { perAddress?: number; perKey?: number }, redis?: Redis) {
  const workspace = `ws-${process.pid}-${(count += 1)}`;
  const gateway = await startGateway({
    access: {
      ...openAccess,
      ofRequest: (headers) => grantOf(workspace, String(headers['x-key'] ?? 'a')),
    },
    settings: { rateLimits: { perAddress: 1000, perKey: 1000, ...limits, redis } },
  });
  cleanUps.push(() => gateway.stop());
  return (key: string) => gateway.send('GET', '/v1/documents', { headers: { 'x-key': key } });
}

function grantOf(workspace: string, key: string): Grant {
  const principal = { type: 'agent', id: key, name: key } as const;
  return { workspace, principal, role: 'admin', documents: {}, source: `key:${key}`, expiresAt: null };
}

async function redis(url: string) {
  const client = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy: () => 50 });
  client.on('error', () => {});
  cleanUps.push(() => client.disconnect());
  return client;
}

async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `redis://127.0.0.1:${port}`;
}

describe.each(['in Redis', 'alone', 'while Redis is away'] as const)('limits %s', (where) => {
  const store = async () => {
    if (where === 'alone') return undefined;
    const client = await redis(where === 'in Redis' ? inject('redisUrl') : await nowhere());
    if (where === 'in Redis') await new Promise((resolve) => client.once('ready', resolve));
    return client;
  };

  it('refuse the key that goes beyond, and no other', async () => {
    const send = await start({ perKey: 3 }, await store());
    const statuses = [];
    for (let n = 0; n < 5; n++) statuses.push((await send('busy')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await send('busy');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.headers.get('ratelimit')).toMatch(/"key";r=0;t=\d+/);
    expect(await refused.json()).toMatchObject({ status: 429, code: 'too_many', retry_after: seconds });
    const other = await send('calm');
    expect(other.status).toBe(200);
    expect(other.headers.get('ratelimit-policy')).toBe('"address";q=1000;w=60, "key";q=3;w=60');
    expect(other.headers.get('ratelimit')).toMatch(/^"address";r=\d+;t=\d+, "key";r=2;t=\d+$/);
  });
});

it('two gateways count together', async () => {
  const client = await redis(inject('redisUrl'));
  await new Promise((resolve) => client.once('ready', resolve));
  const one = await start({ perKey: 2 }, client);
  count -= 1;
  const other = await start({ perKey: 2 }, client);
  expect([(await one('k')).status, (await other('k')).status, (await one('k')).status]).toEqual([200, 200, 429]);
});

it('[B19] two installations on one Redis count apart, under no key but their own', async () => {
  const server = await startRedis();
  cleanUps.push(() => server.stop());
  const connected = async (installation: string) => {
    const deps = { name: 'test', installation, clock: systemClock, random: Math.random, onError: () => {} };
    const client = connectRedis(server.url, deps);
    cleanUps.push(() => client.disconnect());
    await new Promise((resolve) => client.once('ready', resolve));
    return client;
  };
  const one = await start({ perKey: 1 }, await connected('one'));
  count -= 1;
  const two = await start({ perKey: 1 }, await connected('two'));
  expect([(await one('k')).status, (await two('k')).status, (await two('k')).status]).toEqual([200, 200, 429]);
  const keys = await (await connected('')).keys('*');
  expect(keys.map((key) => key.split(':').slice(0, 3).join(':')).toSorted()).toEqual([
    'syncline:one:rate',
    'syncline:one:rate',
    'syncline:two:rate',
    'syncline:two:rate',
  ]);
});

it('an address is limited before anything is known of who calls', async () => {
  const send = await start({ perAddress: 2 });
  expect([(await send('a')).status, (await send('b')).status, (await send('c')).status]).toEqual([200, 200, 429]);
});
