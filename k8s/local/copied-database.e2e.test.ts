import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HocuspocusProvider } from '@hocuspocus/provider';
import { createPostgres } from '@syncline/journal';
import { until } from '@syncline/runtime/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { type Cluster, type ClusterServers, startCluster, startClusterServers, stopClusterServers } from './cluster.ts';

const COMMAND = fileURLToPath(new URL('../../services/sync/src/installation.ts', import.meta.url));

let servers: ClusterServers;
let original: Cluster;
let copy: Cluster;
const providers: HocuspocusProvider[] = [];
beforeAll(async () => {
  servers = await startClusterServers();
  await sql('CREATE DATABASE original');
  original = await startCluster({ port: 0, beside: { servers, database: 'original' } });
  await send(original, 'agent of 0', 'POST /v1/documents', { kind: 'plan', id: 'both', title: 'before' });
  // A template is one that nobody is connected to.
  await Promise.all([...original.gateways, ...original.pods].map((process) => process.stop()));
  await sql('CREATE DATABASE copy TEMPLATE original');
  await Promise.all([...original.pods, ...original.gateways].map((process) => process.start()));
});
afterEach(() => {
  for (const provider of providers.splice(0)) provider.destroy();
});
afterAll(async () => {
  await Promise.all([original, copy].map((cluster) => cluster?.stop()));
  await stopClusterServers(servers);
});

it('[B19] a copy of a database is told by a command that it is another, and nothing of either is seen in the other', async () => {
  // It says before and after who it is.
  const [of, to] = ['original', 'copy'].map((name) => servers.postgres.url.replace(/[^/]+$/, name));
  const id = (await command(of!, ['show'])).trim();
  expect(await command(to!, ['show'])).toBe(`${id}\n`);
  await expect(command(to!, [])).rejects.toThrow('Usage');
  await expect(command(to!, ['new'], { INSTALLATION: 'production' })).rejects.toThrow('set another there, or unset it');
  expect((await command(to!, ['show'])).trim()).toBe(id);
  const said = await command(to!, ['new']);
  const own = (await command(to!, ['show'])).trim();
  expect(own).not.toBe(id);
  expect(said).toContain(`This database was ${id} and is ${own} now.`);
  expect(said).toContain('start anew: pods first');
  expect((await command(of!, ['show'])).trim()).toBe(id);

  // Then it is run beside the original.
  copy = await startCluster({ port: 0, beside: { servers, database: 'copy' } });
  const people = await Promise.all([original, copy].map((cluster, n) => open(cluster, `person of ${n}`)));
  for (let n = 0; n < 10; n++)
    await Promise.all(
      people.map(async (person, which) => {
        person.doc.getMap('metadata').set('owner', `${which}-${n}`);
        await until(() => !person.provider.hasUnsyncedChanges);
        const cluster = [original, copy][which]!;
        await send(cluster, `agent of ${which}`, 'PATCH /v1/plans/both', { title: `${which}-${n}` });
        await until(() => String(person.doc.getMap('metadata').get('title')) === `${which}-${n}`);
        const headers = { 'x-agent': `agent of ${which}` };
        const read = (await (await fetch(`${cluster.url}/v1/documents/plan:both`, { headers })).json()) as object;
        expect(JSON.stringify(read)).toContain(`"title":"${which}-${n}"`);
      }),
    );
  people.forEach(({ doc, seen }, which) => {
    expect(doc.getMap('metadata').toJSON()).toMatchObject({ owner: `${which}-9`, title: `${which}-9` });
    expect([...seen]).toEqual([`person of ${which}`, `agent of ${which}`]);
  });
});

/** Somebody at the first pod; edits of the other pod's people come over Redis. */
async function open({ pods }: Cluster, name: string) {
  const doc = new Y.Doc();
  const url = `${pods[0]!.url.replace('http', 'ws')}/sync/plan:both`;
  const provider = new HocuspocusProvider({ url, name: 'plan:both', document: doc, token: 'person:p' });
  providers.push(provider);
  const seen = new Set<string>();
  provider.on('awarenessChange', ({ states }: { states: { user?: { name: string } }[] }) => {
    for (const { user } of states) if (user) seen.add(user.name);
  });
  provider.setAwarenessField('user', { name });
  await until(() => provider.isSynced);
  return { doc, provider, seen };
}

async function send({ url }: Cluster, agent: string, request: string, body: object): Promise<void> {
  const [method, path] = request.split(' ') as [string, string];
  const headers = { 'content-type': 'application/json', 'x-agent': agent };
  const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${request}: ${await answer.text()}`);
}

async function command(databaseUrl: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const { PATH = '' } = process.env;
  const options = { env: { PATH, DATABASE_URL: databaseUrl, ...env } };
  return (await promisify(execFile)(process.execPath, [COMMAND, ...args], options)).stdout;
}

async function sql(statement: string): Promise<void> {
  const db = createPostgres({ url: servers.postgres.url, connections: 1, onError: () => {} });
  await db.query(statement);
  await db.close();
}
