import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findProgram, freePort, makePlace, startServer } from '../../.ci/server.ts';
import { read } from './render.ts';

/** Hard limits of open files that nodes have: of small ones, of old ones, and of whoever runs this. */
const LIMITS = ['1024', '4096', '$(ulimit -Hn)'];

it.each(['charts/syncline/files/haproxy.cfg', 'k8s/compose/haproxy.cfg'])(
  '%s starts and serves, however few files its node lets it open',
  async (file) => {
    for (const limit of LIMITS) {
      const { server, url } = await start(file, limit);
      try {
        // Nobody is behind it here.
        expect([limit, (await fetch(url)).status]).toEqual([limit, 503]);
      } finally {
        await server.stop();
      }
    }
  },
);

async function start(file: string, limit: string) {
  const place = await makePlace('haproxy');
  const config = join(place.folder, 'haproxy.cfg');
  const [port, nobody] = [await freePort(), await freePort()];
  await writeFile(config, await alone(read(file), port, nobody), { mode: 0o644 });
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

/** The same, with ports of this machine alone, and servers that are nowhere. */
async function alone(config: string, port: number, nobody: number): Promise<string> {
  let told = config.replace(':8080', `127.0.0.1:${port}`);
  for (const other of [':8081', ':8082']) told = told.replace(other, `127.0.0.1:${await freePort()}`);
  return told.replaceAll(/(server \S+|server-template \S+ \d) .+:8080/g, `$1 127.0.0.1:${nobody}`);
}
