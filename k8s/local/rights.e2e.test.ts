import { HocuspocusProvider } from '@hocuspocus/provider';
import { until } from '@syncline/runtime/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { leaks } from '../../services/standalone/test/rights/leaks.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { createFirstKey } from './first-key.ts';

const SECRETS = { KEY_PEPPER: 'pepper-'.repeat(6), TOKEN_SECRET: 'secret-'.repeat(6), JWT_SECRET: 'jwt-'.repeat(10) };

interface Key {
  id: string;
  key: string;
}

let cluster: Cluster;
let admin: string;
const shown: string[] = [];
const providers: HocuspocusProvider[] = [];
beforeAll(async () => {
  cluster = await startCluster({ port: 0, env: { AUTH_MODE: 'keys', LOG_LEVEL: 'debug', ...SECRETS } });
  admin = await firstKey('gateway', 'default');
});
afterEach(() => {
  for (const provider of providers.splice(0)) provider.destroy();
});
afterAll(() => cluster.stop());

it('the first key makes others; a plan is written by one and read by another, through gateway and pod', async () => {
  const writer = await newKey({ role: 'editor' });
  const reader = await newKey({ role: 'viewer', documents: ['plan:first'] });
  expect((await call('POST', '/v1/documents', writer.key, { id: 'first', title: 'A' })).status).toBe(201);
  expect((await call('POST', '/v1/documents', writer.key, { id: 'second', title: 'B' })).status).toBe(201);
  expect((await call('GET', '/v1/documents/plan:first', reader.key)).status).toBe(200);

  const { status, headers } = await call('GET', '/v1/documents/plan:first', '');
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect((await call('GET', '/v1/documents/plan:second', reader.key)).status).toBe(404);
  expect((await call('PATCH', '/v1/plans/first', reader.key, { title: 'C' })).status).toBe(403);
  expect((await call('GET', '/v1/keys', writer.key)).status).toBe(403);
  await until(async () => (await titles(writer.key)).length === 2, 30_000);
  expect(await titles(reader.key)).toEqual(['A']);
});

it('[A9] the key of another workspace finds nothing here, and its equal names are other documents', async () => {
  const foreign = await firstKey('standalone', 'other');
  const own = await newKey({ role: 'editor' });
  await call('POST', '/v1/documents', own.key, { id: 'same', title: 'ours' });
  expect((await call('GET', '/v1/documents/plan:same', foreign)).status).toBe(404);
  expect((await call('POST', '/v1/documents', foreign, { id: 'same', title: 'theirs' })).status).toBe(201);
  expect(await (await call('GET', '/v1/documents/plan:same', own.key)).json()).toMatchObject({ title: 'ours' });
  expect((await call('DELETE', `/v1/keys/${own.id}`, foreign)).status).toBe(404);
  const { items } = (await (await call('GET', '/v1/keys', foreign)).json()) as { items: unknown[] };
  expect(items).toHaveLength(1);
  await until(async () => (await titles(foreign)).length === 1, 30_000);
  expect(await titles(foreign)).toEqual(['theirs']);
});

it('[A10] a key is exchanged for a person’s token to one document, which a browser opens and calls with', async () => {
  const { key } = await newKey({ role: 'editor' });
  const wish = { documents: ['plan:exchanged'], person: { id: 'ann', name: 'Ann' }, ttl_seconds: 600 };
  const { token } = await made<{ token: string }>('/v1/tokens', key, wish);
  shown.push(token);
  const ann = connect('exchanged', token);
  await ann.synced;
  ann.doc.getMap('metadata').set('title', 'by Ann');
  await until(() => !ann.provider.hasUnsyncedChanges, 30_000);
  expect((await call('GET', '/v1/documents/plan:exchanged', token)).status).toBe(200);
  expect((await call('GET', '/v1/documents/plan:first', token)).status).toBe(404);
  expect((await call('POST', '/v1/tokens', token, { role: 'admin', documents: ['plan:exchanged'] })).status).toBe(403);
});

it('[A11] a link opens one document until it is revoked', async () => {
  const link = await made<{ id: string; token: string; url: string }>('/v1/documents/plan:first/links', admin, {});
  shown.push(link.token);
  expect(link.url).toBe(`${cluster.url}/plan/first#share=${link.token}`);
  const guest = connect('first', link.token);
  await guest.synced;
  expect(guest.provider.authorizedScope).toBe('readonly');
  const code = closed(guest.provider);
  expect((await call('DELETE', `/v1/documents/plan:first/links/${link.id}`, admin)).status).toBe(200);
  expect(await code).toBe(4003);
});

it('[A5, A11] a revoked key is refused at once at every gateway, and its sockets close on every pod', async () => {
  const { id, key } = await newKey({ role: 'editor' });
  const clients = cluster.pods.map((pod) => connect('first', key, pod.url));
  await Promise.all(clients.map((client) => client.synced));
  // Both gateways have it in memory.
  for (const { url } of cluster.gateways)
    expect((await call('GET', '/v1/documents', key, undefined, url)).status).toBe(200);
  const codes = Promise.all(clients.map((client) => closed(client.provider)));
  await call('DELETE', `/v1/keys/${id}`, admin, undefined, cluster.gateways[0]!.url);
  for (const { url } of cluster.gateways)
    expect((await call('GET', '/v1/documents', key, undefined, url)).status).toBe(401);
  expect(await codes).toEqual([4003, 4003]);
});

it('[A11] also while Redis and NATS are away: within 15 s', async () => {
  const { id, key } = await newKey({ role: 'editor' });
  const clients = cluster.pods.map((pod) => connect('first', key, pod.url));
  await Promise.all(clients.map((client) => client.synced));
  await Promise.all([cluster.redis.kill(), cluster.nats.kill()]);
  const codes = Promise.all(clients.map((client) => closed(client.provider)));
  expect((await call('DELETE', `/v1/keys/${id}`, admin)).status).toBe(200);
  const revokedAt = performance.now();
  expect(await codes).toEqual([4003, 4003]);
  expect(performance.now() - revokedAt).toBeLessThan(15_000);
  await Promise.all([cluster.redis.start(), cluster.nats.start()]);
});

it('[A2, A12] the logs tell of refusals and changes, and hold no key, token or secret', async () => {
  const lines = [...cluster.pods, ...cluster.gateways].flatMap((process) => process.log().split('\n'));
  for (const said of ['API key created', 'API key revoked', 'share link revoked', 'refused'])
    expect(lines.some((line) => line.includes(`"msg":"${said}"`))).toBe(true);
  expect(shown.length).toBeGreaterThan(5);
  expect(leaks(lines, [...shown, ...Object.values(SECRETS)])).toEqual([]);
});

async function firstKey(service: 'gateway' | 'standalone', workspace: string): Promise<string> {
  const key = await createFirstKey(service, { DATABASE_URL: cluster.databaseUrl, ...SECRETS }, workspace);
  shown.push(key);
  return key;
}

async function newKey(wanted: object): Promise<Key> {
  const key = await made<Key>('/v1/keys', admin, { name: 'test', ...wanted });
  shown.push(key.key);
  return key;
}

async function made<T>(path: string, key: string, body: object): Promise<T> {
  const answer = await call('POST', path, key, body);
  expect(answer.status).toBe(201);
  return (await answer.json()) as T;
}

function call(method: string, path: string, key: string, body?: object, at = cluster.url): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) };
  return fetch(at + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
}

async function titles(key: string): Promise<string[]> {
  const { items } = (await (await call('GET', '/v1/documents', key)).json()) as { items: { title: string }[] };
  return items.map(({ title }) => title);
}

function connect(id: string, token: string, at = cluster.url) {
  const doc = new Y.Doc();
  const name = `plan:${id}`;
  const provider = new HocuspocusProvider({
    url: `${at.replace('http', 'ws')}/sync/${name}`,
    name,
    document: doc,
    token,
  });
  providers.push(provider);
  return { doc, provider, synced: new Promise((resolve) => provider.on('synced', resolve)) };
}

function closed(provider: HocuspocusProvider): Promise<number> {
  return new Promise((resolve) =>
    provider.on('close', ({ event }: { event: { code: number } }) => resolve(event.code)),
  );
}
