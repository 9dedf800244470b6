import { randomUUID } from 'node:crypto';
import { AUTH_SETTINGS, composeAccess, type RightsAdmin } from '@syncline/auth';
import { connectRedis, NatsRpc, RedisFanout } from '@syncline/bus';
import { createCatalog, createPostgres, migrate, readInstallation } from '@syncline/journal';
import { postgresTestDatabase } from '@syncline/journal/testing';
import { createLog, Metrics, readSettings, systemClock } from '@syncline/runtime';
import { startGateway } from '../../../gateway/test/gateway-under-test.ts';
import { startTestPod } from '../../../sync/src/testing.ts';

export const SECRETS = {
  KEY_PEPPER: 'the-pepper-of-the-keys-'.repeat(2),
  TOKEN_SECRET: 'the-secret-of-the-tokens-'.repeat(2),
  JWT_SECRET: 'the-secret-of-the-host-'.repeat(2),
};

export interface Servers {
  databaseUrl: string;
  natsUrl: string;
  redisUrl: string;
}

/** A pod and a gateway in keys mode, who share Postgres, NATS and Redis and nothing else. */
export async function startServed(servers: Servers) {
  const test = await postgresTestDatabase(servers.databaseUrl);
  await migrate(test.db);
  const { id: installation } = await readInstallation(test.db);
  const settings = readSettings(AUTH_SETTINGS, { AUTH_MODE: 'keys', ...SECRETS });
  /** What both have logged, down to `debug`. */
  const logged: string[] = [];
  const logOf = (service: string) =>
    createLog({ service, level: 'debug', into: { write: (line) => logged.push(line) } });
  const own = (service: string) => {
    const log = logOf(service);
    const onError = (error: Error) => log.error({ err: error }, 'a server is away');
    const db = createPostgres({ url: test.url, onError });
    const onHandlerError = (error: unknown) => log.error({ err: error }, 'a request got no reply');
    const shared = { name: service, installation };
    const rpc = new NatsRpc({ ...shared, url: servers.natsUrl, log, metrics: new Metrics(), onHandlerError });
    const redis = connectRedis(servers.redisUrl, { ...shared, clock: systemClock, random: Math.random, onError });
    return { log, db, rpc, redis, ...composeAccess(settings, { db, log }) };
  };

  const [podSide, gatewaySide] = [own('sync'), own('gateway')];
  await Promise.all([podSide.rpc.connected, gatewaySide.rpc.connected]);
  const id = randomUUID();
  const fanout = new RedisFanout({
    url: servers.redisUrl,
    installation,
    pod: id,
    log: podSide.log,
    metrics: new Metrics(),
  });
  const pod = await startTestPod(podSide.db, {}, { ...podSide, fanout, id });
  const gateway = await startGateway({
    ...gatewaySide,
    catalog: createCatalog(gatewaySide.db),
    settings: { rateLimits: { perAddress: 600_000, perKey: 6_000, redis: gatewaySide.redis } },
  });

  return {
    pod,
    gateway,
    admin: gatewaySide.rights as RightsAdmin,
    logged,
    logOf,
    async stop() {
      await gateway.stop();
      await pod.stop();
      for (const { rpc, redis, db } of [podSide, gatewaySide]) {
        await rpc.close();
        redis.disconnect();
        await db.close();
      }
      await fanout.close();
      await test.drop();
    },
  };
}

export type Served = Awaited<ReturnType<typeof startServed>>;
