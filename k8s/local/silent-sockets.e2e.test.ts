import { setTimeout as pause } from 'node:timers/promises';
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { until } from '@syncline/runtime/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { openSilently, usedHeap } from './silent-sockets.ts';

/** Of a kind at a port, more than are held; a process of ours may open 20,000 files. */
const MANY = 5_000;
/** Of each other kind at each port, all at once. */
const SOME = 500;
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
type Case = { where: keyof typeof DOORS; kind: string; text: (door: Door) => string };
const WHERE = Object.keys(DOORS) as (keyof typeof DOORS)[];
const CASES: Case[] = WHERE.flatMap((where) =>
  Object.entries({ ...KINDS, ...(where === 'the pod' && SOCKETS) })
    .filter(([kind]) => where !== 'the gateway’s /mcp' || kind === 'say half a body')
    .map(([kind, text]) => ({ where, kind, text })),
);
/** Each way to be silent once, at a port that everybody reaches. */
const AT_LENGTH: Record<string, string> = {
  'say nothing': 'the gateway',
  'say half a head': 'the pod',
  'say half a body': 'the gateway',
  'open a WebSocket and do not say who they are': 'the pod',
};

it(
  `[S43, S56] ${MANY} silent sockets shut nobody out, nor some of each kind at once, and they are gone without a trace`,
  { timeout: 300_000 },
  async () => {
    const many = CASES.filter(({ where, kind }) => AT_LENGTH[kind] === where);
    expect(many).toHaveLength(4);
    // What is made at first use, and kept, is no trace: Node keeps its parsers, up to a thousand.
    const others = CASES.filter((one) => !many.includes(one));
    expect(await round(others, SOME)).toEqual(asTheyShould(others));
    const processes = [pod(), gateway()];
    const heaps = () => Promise.all(processes.map((process) => usedHeap(process.log())));
    const before = await heaps();
    for (const one of many) expect(await round([one], MANY)).toEqual(asTheyShould([one]));
    // The newcomers’ document is let go of a while after them.
    const isAsBefore = async () => (await heaps()).every((after, n) => after <= 1.1 * before[n]!);
    await until(isAsBefore, GONE_MS);
  },
);

/** Opens `count` sockets of each case at once. @returns who got in meanwhile, and what became of the sockets */
async function round(cases: Case[], count: number) {
  const silent = await Promise.all(
    cases.map(async ({ where, kind, text }) => {
      const door = DOORS[where];
      return { where, kind, sockets: await openSilently({ url: door.url(), count, text: text(door) }) };
    }),
  );
  const doors = WHERE.filter((where) => cases.some((one) => one.where === where)).map((where) => DOORS[where]);
  // The time is theirs from when each process is through with what all of them have sent.
  await Promise.all(doors.map((door) => until(isAnswered(`${door.url()}${door.open}`), GONE_MS)));
  const gotIn = await Promise.all(doors.map((door) => within(GETS_IN_MS, door.newcomer())));
  const rounds = silent.map(async ({ where, kind, sockets }) => {
    const { open } = sockets;
    const held = open <= HELD && (count < MANY || open > 0);
    const gone = await within(GONE_MS, () => sockets.open === 0);
    const left = sockets.open;
    sockets.end();
    return { where, kind, gotIn: gotIn[doors.indexOf(DOORS[where])], held: held || open, gone: gone || left };
  });
  return Promise.all(rounds);
}

function asTheyShould(cases: Case[]) {
  return cases.map(({ where, kind }) => ({ where, kind, gotIn: true, held: true, gone: true }));
}

/** @returns whether it holds by then, by an answer that has come by then */
function within(milliseconds: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  const holds = until(condition, milliseconds).then(
    () => true,
    () => false,
  );
  return Promise.race([holds, pause(milliseconds, false, { ref: false })]);
}
