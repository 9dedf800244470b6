import { readFile } from 'node:fs/promises';
import { documentId } from '@syncline/protocol/document-id';
import { until } from '@syncline/runtime/testing';
import { startCluster } from '../../k8s/local/cluster.ts';
import type { ServiceProcess } from '../../k8s/local/service-process.ts';
import { type Chance, createChance } from '../../services/sync/sim/random.ts';
import { Bystanders } from './bystanders.ts';
import { fuzzHttp } from './http.ts';
import { fuzzSockets } from './sockets.ts';
import { Tally } from './tally.ts';
import { fuzzNats, fuzzPorts, fuzzRedis } from './wires.ts';

export interface FuzzReport {
  tally: Tally;
  /** What was written meanwhile by those who did nothing wrong. */
  bystanders: Pick<Bystanders, 'written' | 'commands' | 'askedAgain' | 'slowestAckMs'>;
  /** Of each process, in MiB. */
  memory: { process: string; before: number; after: number }[];
  seconds: number;
}

/** What a process may take a while after the last input: what the heap may take, twice what is around it, no more. */
const LIMIT_MIB = 640;
const SETTLE_MS = 90_000;
const AT_ONCE = 6;
const INSTALLATION = 'fuzz';
const ENV = {
  INSTALLATION,
  // What is refused is not worth a line, and what is worth one must not be lost among them.
  LOG_LEVEL: 'error',
  // Else garbage is kept while there is room, and looks like a leak; a process that really needs more than this ends.
  NODE_OPTIONS: '--max-old-space-size=256 --max-semi-space-size=16',
};
/** Each slice has documents of its own, or what waits in one for parts that never come would be all that is measured. */
const SLICE = 2_000;
/** What part of the inputs goes where. */
const SHARES = { sockets: 0.6, http: 0.25, ports: 0.05, nats: 0.05, redis: 0.05 };
const TARGET = { workspace: 'default', kind: 'plan', id: 'bystanders' } as const;

/**
 * Sends hostile inputs to a cluster of its own, to everything that listens, while people and an agent work in it.
 * @param inputs how many, about
 * @param minutes after so many it sends no more
 * @param onSlice learns how far it is
 */
export async function fuzz({
  inputs,
  seed,
  minutes = Infinity,
  onSlice = () => {},
}: {
  inputs: number;
  seed: number;
  minutes?: number;
  onSlice?: (progress: { sent: number; violations: readonly string[]; memory: number[] }) => void;
}): Promise<FuzzReport> {
  const cluster = await startCluster({ port: 0, env: ENV });
  try {
    const began = performance.now();
    const tally = new Tally();
    const [pods, gateways] = [cluster.pods, cluster.gateways].map((services) => services.map(({ url }) => url));
    const name = `${TARGET.kind}:${TARGET.id}`;
    for (const gateway of gateways!) for (const id of [TARGET.id, 'fuzz']) await create(gateway, id);
    const bystanders = await Bystanders.begin({ name, pods: pods!, gateways: gateways!, tally });
    const processes = {
      'pod 1': cluster.pods[0]!,
      'pod 2': cluster.pods[1]!,
      'gateway 1': cluster.gateways[0]!,
      'gateway 2': cluster.gateways[1]!,
    };
    const before = await memoryOf(processes);

    const urls = { pods: pods!, gateways: gateways!, nats: cluster.nats.url, redis: cluster.redis.url };
    const inTime = () => performance.now() - began < minutes * 60_000;
    for (let slice = 0; slice * SLICE < inputs && inTime(); slice++) {
      const chance = createChance(seed).fork(`slice ${slice}`);
      await send({ urls, slice, inputs: Math.min(SLICE, inputs - slice * SLICE), chance, tally, target: name });
      await survived(processes, tally);
      onSlice({ sent: tally.total, violations: tally.violations, memory: await memoryOf(processes) });
    }
    await bystanders.end();
    return {
      tally,
      bystanders,
      memory: await settled(processes, before, tally),
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    await cluster.stop();
  }
}

async function send(options: {
  urls: { pods: string[]; gateways: string[]; nats: string; redis: string };
  slice: number;
  inputs: number;
  chance: Chance;
  tally: Tally;
  target: string;
}): Promise<void> {
  const { urls, slice, inputs, chance, tally, target } = options;
  const document = documentId(TARGET);
  const several = (share: number, work: (each: { inputs: number; label: string }) => Promise<void>) =>
    Promise.all(
      Array.from({ length: AT_ONCE }, (_, n) =>
        work({ inputs: Math.ceil((inputs * share) / AT_ONCE), label: `fuzz-${n}-${slice}` }),
      ),
    );
  const sockets = urls.pods.map((url) => url.replace('http', 'ws'));
  await Promise.all([
    several(SHARES.sockets, (each) =>
      fuzzSockets({ ...each, urls: sockets, target, tally, chance: chance.fork(`sockets ${each.label}`) }),
    ),
    several(SHARES.http, (each) =>
      fuzzHttp({ ...each, urls: urls.gateways, tally, chance: chance.fork(`http ${each.label}`) }),
    ),
    several(SHARES.ports, (each) =>
      fuzzPorts({
        ...each,
        urls: [...urls.pods, ...urls.gateways],
        tally,
        chance: chance.fork(`ports ${each.label}`),
      }),
    ),
    fuzzNats({
      url: urls.nats,
      installation: INSTALLATION,
      document,
      inputs: inputs * SHARES.nats,
      tally,
      chance: chance.fork('nats'),
    }),
    fuzzRedis({
      url: urls.redis,
      installation: INSTALLATION,
      document,
      inputs: inputs * SHARES.redis,
      tally,
      chance: chance.fork('redis'),
    }),
  ]);
}

type Processes = Record<string, ServiceProcess>;

/** A gateway is ready before it has reached NATS. */
async function create(gateway: string, id: string): Promise<void> {
  const body = JSON.stringify({ kind: 'plan', id, title: 'Fuzz', steps: [{ title: 'a' }], markdown: 'Some text.' });
  const headers = { 'content-type': 'application/json', 'idempotency-key': id };
  await until(
    () =>
      fetch(`${gateway}/v1/documents`, { method: 'POST', headers, body }).then(
        ({ status }) => status === 201,
        () => false,
      ),
    SETTLE_MS,
  );
}

/** A process that an error has ended is not brought back: it no longer answers. */
async function survived(processes: Processes, tally: Tally): Promise<void> {
  for (const [name, service] of Object.entries(processes)) {
    const ready = await fetch(`${service.url}/readyz`).catch(() => null);
    if (!ready?.ok) tally.violate(`${name} is not ready any more: ${service.log().slice(-400)}`);
    for (const line of service.log().split('\n'))
      if (/nobody caught|unhandled|a session failed|a hook failed|"failed"/i.test(line))
        tally.violate(`${name} logged ${line}`);
  }
}

async function memoryOf(processes: Processes): Promise<number[]> {
  return Promise.all(
    Object.values(processes).map(async ({ pid }) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
    }),
  );
}

async function settled(processes: Processes, before: number[], tally: Tally): Promise<FuzzReport['memory']> {
  let after = await memoryOf(processes);
  const bounded = async () => {
    after = await memoryOf(processes);
    return after.every((mib) => mib < LIMIT_MIB);
  };
  await until(bounded, SETTLE_MS).catch(() =>
    tally.violate(`memory grew from ${before.join(', ')} to ${after.join(', ')} MiB`),
  );
  return Object.keys(processes).map((process, n) => ({ process, before: before[n]!, after: after[n]! }));
}
