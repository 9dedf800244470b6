import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { clientAddress } from '@syncline/runtime';
import { until } from '@syncline/runtime/testing';
import { expect, it } from 'vitest';
import { findProgram, freePort, makePlace, startServer } from '../../.ci/server.ts';
import { read } from './render.ts';

const FILES = ['charts/syncline/files/haproxy.cfg', 'k8s/compose/haproxy.cfg'];
/** Hard limits of open files that nodes have: of small ones, of old ones, and of whoever runs this. */
const LIMITS = ['1024', '4096', '$(ulimit -Hn)'];

it.each(FILES)('%s starts and serves, however few files its node lets it open', async (file) => {
  for (const limit of LIMITS) {
    const { server, url } = await start(file, limit);
    try {
      // Nobody is behind it here.
      expect([limit, (await fetch(url)).status]).toEqual([limit, 503]);
    } finally {
      await server.stop();
    }
  }
});

it.each(FILES)('%s tells whom a request is from, whatever the caller claims', async (file) => {
  const told: (readonly [string | undefined, string])[] = [];
  const behind = createServer((request, response) => {
    if (request.url === '/v1/documents')
      told.push([request.headers['x-forwarded-for'] as string | undefined, clientAddress(request, 1)]);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(behind, 'listening');
  const { server, url } = await start(file, '1024', (behind.address() as AddressInfo).port);
  try {
    const ask = (claims: Record<string, string>) => fetch(`${url}v1/documents`, { headers: claims });
    await until(async () => (await ask({})).ok);
    await ask({ 'x-forwarded-for': '192.0.2.1, 192.0.2.2' });
    expect(told.slice(-2)).toEqual([
      ['127.0.0.1', '127.0.0.1'],
      ['192.0.2.1, 192.0.2.2, 127.0.0.1', '127.0.0.1'],
    ]);
  } finally {
    await server.stop();
    behind.close();
  }
});

/** @param behind the port that pods and gateways are at; nobody's, unless told */
async function start(file: string, limit: string, behind?: number) {
  const place = await makePlace('haproxy');
  const config = join(place.folder, 'haproxy.cfg');
  const [port, served] = [await freePort(), behind ?? (await freePort())];
  await writeFile(config, await alone(read(file), port, served), { mode: 0o644 });
  const haproxy = findProgram(['haproxy'], 'haproxy');
  const url = `http://127.0.0.1:${port}/`;
  const server = await startServer({
    name: `HAProxy with ${file} and ${limit} files`,
    command: 'sh',
    // As its image starts it.
    args: ['-c', `ulimit -n ${limit} && exec ${haproxy} -W -db -f ${config}`],
    readyLine: 'Loading success',
    stopSignal: 'SIGTERM',
    url,
    place,
  });
  return { server, url };
}

/** The same, with ports of this machine alone, and one server behind it. */
async function alone(config: string, port: number, served: number): Promise<string> {
  let told = config.replace(':8080', `127.0.0.1:${port}`);
  for (const other of [':8081', ':8082']) told = told.replace(other, `127.0.0.1:${await freePort()}`);
  return told.replaceAll(/(server \S+|server-template \S+ \d) .+:8080/g, `$1 127.0.0.1:${served}`);
}
