import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { until } from '@syncline/runtime/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { openSilently, usedHeap } from './silent-sockets.ts';

/** Of each kind at each port; a process of ours may open 20,000 files. */
const SILENT = 5_000;
const GETS_IN_MS = 1_000;
/** What a port holds of them at most, at the defaults. */
const HELD = 4_000;
/** Shorter than the defaults, only that it can be waited for. */
const TIMES = { REQUEST_HEAD_MS: '5000', REQUEST_MS: '8000', AUTHENTICATE_MS: '8000' };
const GONE_MS = 30_000;

let cluster: Cluster;
beforeAll(async () => {
  const env = { NODE_OPTIONS: '--inspect=127.0.0.1:0', ...TIMES };
  cluster = await startCluster({ port: 0, pods: 1, env });
});
afterAll(() => cluster.stop());

const pod = () => cluster.pods[0]!;
const gateway = () => cluster.gateways[0]!;
const isAnswered = (url: string) => () =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
const isSynced = (url: string) => () =>
  new Promise<boolean>((resolve) => {
    const socket = new HocuspocusProviderWebsocket({ url: `${url}/sync/plan:newcomer`, maxAttempts: 1 });
    const provider = new HocuspocusProvider({ websocketProvider: socket, name: 'plan:newcomer', token: 'person:new' });
    const end = (synced: boolean) => {
      provider.destroy();
      socket.destroy();
      resolve(synced);
    };
    provider.on('synced', () => end(true)).on('close', () => end(false));
    provider.attach();
  });
const DOORS = {
  'the pod': { url: () => pod().url, open: '/livez', post: '/v1/documents', newcomer: () => isSynced(pod().url) },
  'the pod’s admin port': {
    url: () => pod().adminUrl,
    open: '/metrics',
    post: '/read',
    newcomer: () => isAnswered(`${pod().adminUrl}/metrics`),
  },
  'the gateway': {
    url: () => gateway().url,
    open: '/livez',
    post: '/v1/documents',
    newcomer: () => isAnswered(`${gateway().url}/v1/documents`),
  },
  'the gateway’s /mcp': {
    url: () => gateway().url,
    open: '/livez',
    post: '/mcp',
    newcomer: () => isAnswered(`${gateway().url}/v1/documents`),
  },
  'the gateway’s admin port': {
    url: () => gateway().adminUrl,
    open: '/metrics',
    post: '/read',
    newcomer: () => isAnswered(`${gateway().adminUrl}/metrics`),
  },
};
type Door = (typeof DOORS)[keyof typeof DOORS];

const host = (door: Door) => `Host: ${new URL(door.url()).host}`;
const half = (door: Door) =>
  `POST ${door.post} HTTP/1.1\r\n${host(door)}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a"`;
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13';
const KINDS = {
  'say nothing': () => '',
  'say half a head': (door: Door) => `GET / HTTP/1.1\r\n${host(door)}\r\n`,
  'say half a body': half,
  'say half a head after a whole request': (door: Door) => `GET /livez HTTP/1.1\r\n${host(door)}\r\n\r\nGET /li`,
  'say half a body after a whole request': (door: Door) => `GET /livez HTTP/1.1\r\n${host(door)}\r\n\r\n${half(door)}`,
};
const SOCKETS = {
  'open a WebSocket and do not say who they are': (door: Door) =>
    `GET /sync/plan:silent HTTP/1.1\r\n${host(door)}\r\n${UPGRADE}\r\nSec-WebSocket-Key: ${btoa('sixteen bytes ok')}\r\n\r\n`,
  'ask for a WebSocket that there is not': (door: Door) =>
    `GET /nowhere HTTP/1.1\r\n${host(door)}\r\n${UPGRADE}\r\nSec-WebSocket-Key: ${btoa('sixteen bytes ok')}\r\n\r\n`,
};
const CASES = Object.entries(DOORS).flatMap(([where, door]) => {
  const kinds = Object.entries({ ...KINDS, ...(where === 'the pod' && SOCKETS) });
  return kinds
    .filter(([kind]) => where !== 'the gateway’s /mcp' || kind === 'say half a body')
    .map(([kind, text]) => ({ where, kind, door, text }));
});

it(
  `[S43, S56] ${SILENT} sockets of each silent kind shut nobody out, and are gone without a trace`,
  { timeout: 900_000 },
  async () => {
    const round = async ({ where, kind, door, text }: (typeof CASES)[number], count: number) => {
      const silent = await openSilently({ url: door.url(), count, text: text(door) });
      // The time is theirs from when the process is through with what all of them have sent.
      await until(isAnswered(`${door.url()}${door.open}`), GONE_MS);
      const before = performance.now();
      await until(door.newcomer(), GONE_MS);
      const took = performance.now() - before;
      const { open } = silent;
      const gone = await until(() => silent.open === 0, GONE_MS).then(
        () => true,
        () => silent.open,
      );
      silent.end();
      return { where, kind, gotIn: took < GETS_IN_MS || took, held: open <= HELD || open, gone };
    };
    // What is made at first use, and kept, is no trace: Node keeps its parsers, up to a thousand.
    await Promise.all(CASES.map((one) => round(one, 400)));
    const processes = [pod(), gateway()];
    const heaps = () => Promise.all(processes.map((process) => usedHeap(process.log())));
    const before = await heaps();
    const rounds = [];
    for (const one of CASES) rounds.push(await round(one, SILENT));
    const asTheyShould = { gotIn: true, held: true, gone: true };
    expect(rounds).toEqual(CASES.map(({ where, kind }) => ({ where, kind, ...asTheyShould })));
    // The newcomers’ document is let go of a while after them.
    const isAsBefore = async () => (await heaps()).every((after, n) => after <= 1.1 * before[n]!);
    await until(isAsBefore, GONE_MS);
  },
);
