import { setTimeout as pause } from 'node:timers/promises';
import { HocuspocusProvider } from '@hocuspocus/provider';
import { until } from '@syncline/runtime/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { type Cluster, startCluster } from './cluster.ts';
import { type ServiceProcess, startService } from './service-process.ts';
import { openStored, type Stored } from './stored.ts';

let cluster: Cluster;
let stored: Stored;
const providers: HocuspocusProvider[] = [];
beforeAll(async () => {
  cluster = await startCluster({ port: 0 });
  stored = openStored(cluster.postgres.url);
});
afterEach(() => {
  for (const provider of providers.splice(0)) provider.destroy();
});
afterAll(async () => {
  await stored.close();
  await cluster.stop();
});

it('an edit through pod 1 is in Postgres before its acknowledgement, and on a client of pod 2', async () => {
  const [one, two] = await pair('edit');
  for (let n = 0; n < 20; n++) {
    one.doc.getMap('metadata').set('title', `${n}`);
    await one.acknowledged();
    const { doc } = await stored.plan('edit');
    expect(doc.getMap('metadata').get('title')).toBe(`${n}`);
    await until(() => two.doc.getMap('metadata').get('title') === `${n}`);
  }
});

it('a command lands when no pod holds the document, when pod 2 does, and when both do', async () => {
  const create = await post('/v1/documents', { kind: 'plan', id: 'command', title: 'none' }, 'create');
  expect(create.status).toBe(201);
  // A pod that opened it for the command keeps it a while: a fresh document is held by pod 2 alone.
  const two = connect(cluster.pods[1]!, 'held');
  await two.synced;
  two.doc.getMap('metadata').set('title', 'by a person');
  await two.acknowledged();
  expect((await patch('/v1/plans/held', { owner: 'pod 2 holds it' }, 'a')).status).toBe(200);
  await until(() => two.doc.getMap('metadata').get('owner') === 'pod 2 holds it');
  const one = connect(cluster.pods[0]!, 'held');
  await one.synced;
  expect((await patch('/v1/plans/held', { owner: 'both hold it' }, 'b')).status).toBe(200);
  for (const client of [one, two]) await until(() => client.doc.getMap('metadata').get('owner') === 'both hold it');
});

it('a client that leaves pod 1 is gone from pod 2’s presence within 2 s', async () => {
  const [one, two] = await pair('presence');
  one.provider.setAwarenessField('user', { name: 'Ann' });
  await until(() => two.provider.awareness!.getStates().has(one.doc.clientID));
  one.provider.destroy();
  await until(() => !two.provider.awareness!.getStates().has(one.doc.clientID), 2_000);
});

it('[S22] who was on a pod that is killed is gone from the others within 5 s', async () => {
  const [lost, left] = await pair('killed-presence');
  for (const { provider } of [lost, left]) provider.setAwarenessField('user', { name: 'Ann' });
  await until(() => left.provider.awareness!.getStates().has(lost.doc.clientID));
  // Nobody can say goodbye for them: not the pod, and not they themselves, whom nobody answers there any more.
  await cluster.pods[0]!.kill();
  await until(() => !left.provider.awareness!.getStates().has(lost.doc.clientID), 5_000);
  lost.provider.destroy();
  await cluster.pods[0]!.start();
});

it('the balancer sends a document’s sockets to one pod, and to the other when that one is killed, with nothing lost', async () => {
  await until(async () => (await Promise.all(cluster.pods.map(connections))).every((count) => count === 0));
  const clients = ['p1', 'p2'].map((token) => connect({ url: cluster.url }, 'balanced', `person:${token}`));
  await Promise.all(clients.map((client) => client.synced));
  const holding = await Promise.all(cluster.pods.map(connections));
  expect(holding.toSorted()).toEqual([0, 2]);
  const holder = cluster.pods[holding.indexOf(2)]!;
  for (let n = 0; n < 10; n++) clients[n % 2]!.doc.getMap('words').set(`${n}`, 'x');
  await holder.kill();
  for (let n = 10; n < 20; n++) clients[n % 2]!.doc.getMap('words').set(`${n}`, 'x');
  await until(() => clients.every((client) => !client.provider.hasUnsyncedChanges && client.provider.isSynced), 5_000);
  await until(() => clients.every((client) => client.doc.getMap('words').size === 20), 5_000);
  await holder.start();
});

it.each([3, 25])(
  'Redis stopped for %i s while clients on both pods edit: afterwards equal within 1 s',
  async (seconds) => {
    const name = `redis-${seconds}`;
    const [one, two] = await pair(name);
    await cluster.redis.kill();
    const until = performance.now() + seconds * 1000;
    let written = 0;
    while (performance.now() < until) {
      (written % 2 ? one : two).doc.getMap('words').set(`${written}`, 'x');
      written += 1;
      await pause(20);
    }
    await Promise.all([one.acknowledged(), two.acknowledged()]);
    // The last words are one client's alone, so that nothing but the repair can bring them over.
    one.doc.getMap('words').set('last', 'x');
    await one.acknowledged();
    await cluster.redis.start();
    await restored();
    await within(1_000, () => equal(one.doc, two.doc));
    expect(one.doc.getMap('words').size).toBe(written + 1);
  },
);

it('a pod starts and serves while Redis is away, with a warning', async () => {
  await cluster.redis.kill();
  const pod = await startService('sync', {
    DATABASE_URL: cluster.postgres.url,
    REDIS_URL: cluster.redis.url,
    NATS_URL: cluster.nats.url,
    DRAIN_MS: '0',
  });
  const client = connect(pod, 'no-redis');
  await client.synced;
  client.doc.getMap('metadata').set('title', 'kept');
  await client.acknowledged();
  expect((await stored.plan('no-redis')).head).toBe(1);
  expect(pod.log()).toContain('Redis is away');
  client.provider.destroy();
  expect(await pod.stop()).toBe(0);
  await cluster.redis.start();
  await restored();
});

it('NATS stopped: writes get 503 with Retry-After, reads and sockets go on; back, a retry takes effect once', async () => {
  expect((await post('/v1/documents', { kind: 'plan', id: 'nats', title: 'Before' }, 'nats-create')).status).toBe(201);
  const client = connect(cluster.pods[1]!, 'nats');
  await client.synced;
  await cluster.nats.kill();

  const step = () => post('/v1/plans/nats/steps', { title: 'once' }, 'nats-step');
  const refused = await step();
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'unavailable' });
  client.doc.getMap('metadata').set('title', 'Meanwhile');
  await client.acknowledged();
  const read = await fetch(`${cluster.url}/v1/documents/plan:nats`);
  expect(read.status).toBe(200);
  expect((await fetch(`${cluster.url}/v1/documents`)).status).toBe(200);

  await cluster.nats.start();
  // Through both gateways, each of which comes back in its own time; an agent would heed Retry-After as well.
  const retried = await Promise.all(
    Array.from({ length: 4 }, async () => {
      let answer = await step();
      await until(async () => answer.status === 201 || (answer = await step()).status === 201, 20_000);
      return answer.headers.get('etag');
    }),
  );
  expect(new Set(retried).size).toBe(1);
  const plan = (await (await fetch(`${cluster.url}/v1/documents/plan:nats`)).json()) as { steps: unknown[] };
  expect(plan).toMatchObject({ title: 'Meanwhile', steps: [{ title: 'once' }] });
});

it('a command whose pod is killed before it answers is answered by the other pod, and takes effect once', async () => {
  expect((await post('/v1/documents', { kind: 'plan', id: 'killed', title: 'Plan' }, 'killed-create')).status).toBe(
    201,
  );
  const faulty = await startService('sync', {
    DATABASE_URL: cluster.postgres.url,
    REDIS_URL: cluster.redis.url,
    NATS_URL: cluster.nats.url,
    FAILPOINT: 'command-committed',
  });
  const holder = connect(faulty, 'killed');
  await holder.synced;
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, n) => post('/v1/plans/killed/steps', { title: `${n}` }, `killed-${n}`)),
  );
  expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 201));
  holder.provider.destroy();
  const plan = (await (await fetch(`${cluster.url}/v1/documents/plan:killed`)).json()) as { steps: unknown[] };
  expect(plan.steps).toHaveLength(6);
});

it('[S27] a pod that is stopped closes its sockets one after the other with 1012, loses nothing, and ends with 0', async () => {
  const pod = await startService('sync', {
    DATABASE_URL: cluster.postgres.url,
    REDIS_URL: cluster.redis.url,
    NATS_URL: cluster.nats.url,
    DRAIN_MS: '2000',
  });
  const clients = Array.from({ length: 30 }, (_, n) => connect(pod, 'drained', `person:${n}`));
  await Promise.all(clients.map((client) => client.synced));
  const closed: { code: number; at: number }[] = [];
  for (const [n, { provider, doc }] of clients.entries()) {
    provider.on('close', ({ event }: { event: CloseEvent }) => {
      closed.push({ code: event.code, at: performance.now() });
      provider.disconnect();
    });
    doc.getMap('words').set(`${n}`, 'x');
  }
  expect(await pod.stop()).toBe(0);
  expect(closed.map(({ code }) => code)).toEqual(clients.map(() => 1012));
  expect(Math.max(...closed.map(({ at }) => at)) - Math.min(...closed.map(({ at }) => at))).toBeGreaterThan(1_000);
  expect((await stored.plan('drained')).doc.getMap('words').size).toBe(30);
});

function connect(at: Pick<ServiceProcess, 'url'>, id: string, token = 'person:tester') {
  const doc = new Y.Doc();
  const name = `plan:${id}`;
  const url = `${at.url.replace('http', 'ws')}/sync/${name}`;
  const provider = new HocuspocusProvider({ url, name, document: doc, token });
  providers.push(provider);
  return {
    doc,
    provider,
    synced: new Promise((resolve) => provider.on('synced', resolve)),
    acknowledged: () => until(() => !provider.hasUnsyncedChanges, 30_000),
  };
}

async function pair(id: string) {
  const clients = [connect(cluster.pods[0]!, id), connect(cluster.pods[1]!, id, 'person:other')] as const;
  await Promise.all(clients.map((client) => client.synced));
  return clients;
}

async function connections(pod: ServiceProcess): Promise<number> {
  return ((await (await fetch(`${pod.url}/readyz`)).json()) as { connections: number }).connections;
}

async function restored(): Promise<void> {
  await until(async () => {
    const states = await Promise.all(cluster.pods.map(async (pod) => (await fetch(`${pod.url}/readyz`)).json()));
    return states.every((state) => (state as { redis: boolean }).redis);
  }, 30_000);
}

const within = (ms: number, condition: () => boolean) => until(condition, ms);

function equal(a: Y.Doc, b: Y.Doc): boolean {
  return Buffer.compare(Y.encodeStateAsUpdate(a), Y.encodeStateAsUpdate(b)) === 0;
}

function post(path: string, body: object, key: string): Promise<Response> {
  return send('POST', path, body, key);
}

function patch(path: string, body: object, key: string): Promise<Response> {
  return send('PATCH', path, body, key);
}

function send(method: string, path: string, body: object, key: string): Promise<Response> {
  return fetch(cluster.url + path, {
    method,
    headers: { 'content-type': 'application/json', 'idempotency-key': key, 'x-agent': 'tester' },
    body: JSON.stringify(body),
  });
}
