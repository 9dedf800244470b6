import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startNats } from '../../.ci/nats.ts';
import { type PostgresFolders, startPostgres } from '../../.ci/postgres.ts';
import { startRedis } from '../../.ci/redis.ts';
import type { TestServer } from '../../.ci/server.ts';
import { type Backends, startBalancer } from './balancer.ts';
import { ROOT, type ServiceProcess, startService } from './service-process.ts';

/** What a cluster stands on. */
export interface ClusterServers {
  postgres: TestServer;
  redis: TestServer;
  nats: TestServer;
}

/** A whole cluster on this machine: every part a process of its own. */
export interface Cluster extends ClusterServers {
  /** Where people and agents come in. */
  url: string;
  pods: ServiceProcess[];
  gateways: ServiceProcess[];
  /** The addresses that the balancer knows. */
  backends: Backends;
  /** Of the database in Postgres that is this cluster's. */
  databaseUrl: string;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Of the balancer; 0 takes a free one. */
  port: number;
  /** Further settings of each process of ours. */
  env?: Record<string, string>;
  /** Further settings of each pod. */
  podEnv?: Record<string, string>;
  /** How many pods; two unless told otherwise. */
  pods?: number;
  /** Where Postgres keeps its data, if that matters. */
  postgres?: PostgresFolders;
  /** Whether the balancer sends sockets to the pods in turn. */
  inTurn?: boolean;
  /** Of the tree whose code all processes of ours run; the present one unless told otherwise. */
  root?: string;
  /** Servers that it shares with others, which it does not stop, and the name of its own database there. */
  beside?: { servers: ClusterServers; database: string };
}

/** Starts a Postgres, a Redis and a NATS. */
export async function startClusterServers(folders?: PostgresFolders): Promise<ClusterServers> {
  const [postgres, redis, nats] = await Promise.all([startPostgres(folders), startRedis(), startNats()]);
  return { postgres, redis, nats };
}

/** Starts Postgres, Redis, NATS, the pods, two gateways and a balancer, and waits until all of them serve. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { beside, inTurn = false, root = ROOT } = options;
  const servers = beside?.servers ?? (await startClusterServers(options.postgres));
  const { postgres, redis, nats } = servers;
  const databaseUrl = beside ? postgres.url.replace(/[^/]+$/, beside.database) : postgres.url;
  const database = { DATABASE_URL: databaseUrl };
  await migrate(databaseUrl, root);

  // The balancer's address is what a browser's Origin names, so the processes must know it before it stands.
  const backends: Backends = { pods: [], gateways: [], inTurn };
  const { server, url } = await startBalancer(backends, options.port);
  const shared = { ...database, NATS_URL: nats.url, PUBLIC_URL: url, ...options.env };
  const podEnv = { ...shared, REDIS_URL: redis.url, DRAIN_MS: '500', ...options.podEnv };
  const pods = await Promise.all(Array.from({ length: options.pods ?? 2 }, () => startService('sync', podEnv, root)));
  const gatewayEnv = { ...shared, REDIS_URL: redis.url, PODS_URL: pods[0]!.adminUrl };
  const gateways = await Promise.all([1, 2].map(() => startService('gateway', gatewayEnv, root)));
  backends.pods.push(...pods.map((pod) => pod.url));
  backends.gateways.push(...gateways.map((gateway) => gateway.url));

  return {
    url,
    pods,
    gateways,
    backends,
    ...servers,
    databaseUrl,
    async stop() {
      server.closeAllConnections();
      server.close();
      await Promise.all([...gateways, ...pods].map((process) => process.stop()));
      if (!beside) await stopClusterServers(servers);
    },
  };
}

/** Brings a database's schema to what the tree at `root` needs. */
export async function migrate(databaseUrl: string, root = ROOT): Promise<void> {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  await promisify(execFile)(process.execPath, [join(root, 'services/sync/src/migrate.ts')], { env });
}

export async function stopClusterServers({ postgres, redis, nats }: ClusterServers): Promise<void> {
  await Promise.all([postgres, redis, nats].map((each) => each.stop()));
}
