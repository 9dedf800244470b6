import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connectRedis, RedisFanout } from '@syncline/bus';
import type { DocumentId } from '@syncline/protocol';
import { createLog, Metrics, systemClock } from '@syncline/runtime';
import { until } from '@syncline/runtime/testing';
import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { startRedis } from '../../../.ci/redis.ts';
import { startGateway } from '../test/gateway-under-test.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

it('[B19] pods and gateways need no more of Redis than docs/operations.md lets them, which lets nobody else in', async () => {
  const server = await startRedis();
  cleanUps.push(() => server.stop());
  const admin = new Redis(server.url);
  cleanUps.push(() => admin.disconnect());
  const operations = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  const [, rules] = /^ACL SETUSER production (.+)$/m.exec(operations)!;
  await admin.acl('SETUSER', 'production', ...rules!.split(' '));
  const url = server.url.replace('//', '//production:password@');
  const log = createLog({ service: 'test', level: 'silent' });
  const pod = (name: string, installation: string) => {
    const fanout = new RedisFanout({ url, installation, pod: name, log, metrics: new Metrics() });
    cleanUps.push(() => fanout.close());
    return fanout;
  };

  const [a, b, other] = [pod('a', 'production'), pod('b', 'production'), pod('c', 'staging')];
  await until(() => a.available && b.available);
  const document = randomUUID() as DocumentId;
  let heard = 0;
  await b.listen(document, () => (heard += 1)).ready;
  a.publish(document, Buffer.from('x'));
  await until(() => heard === 1);
  expect(other.available).toBe(false);

  for (const [installation, keys] of [
    ['production', 1],
    ['staging', 0],
  ] as const) {
    const deps = { name: 'test', installation, clock: systemClock, random: Math.random, onError: () => {} };
    const redis = connectRedis(url, deps);
    cleanUps.push(() => redis.disconnect());
    await until(() => redis.status === 'ready');
    const gateway = await startGateway({ settings: { rateLimits: { perAddress: 2, perKey: 2, redis } } });
    cleanUps.push(() => gateway.stop());
    expect((await gateway.send('GET', '/v1/documents')).status).toBe(200);
    expect(await admin.keys(`syncline:${installation}:*`)).toHaveLength(keys);
  }
});
