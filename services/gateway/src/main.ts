import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkAuthSettings, composeAccess } from '@syncline/auth';
import { connectRedis, createHttpRead, NatsRpc } from '@syncline/bus';
import { createCatalog, createPostgres, readInstallation, untilMigrated } from '@syncline/journal';
import {
  adoptConsole,
  createLog,
  Metrics,
  openDoors,
  readSettings,
  runMain,
  type Running,
  systemClock,
} from '@syncline/runtime';
import { createGateway } from './gateway.ts';
import { SETTINGS, type Settings } from './process-settings.ts';

await runMain({
  title: 'A gateway: REST (/v1), MCP (/mcp) and the web app, in front of the sync pods.',
  settings: SETTINGS,
  start: () => start(readSettings(SETTINGS, process.env)),
});

async function start(settings: Settings): Promise<Running> {
  checkAuthSettings(settings);
  const log = createLog({ service: 'gateway', level: settings.LOG_LEVEL });
  adoptConsole(log);
  const metrics = new Metrics();
  metrics.collectProcess();
  const doors = await openDoors({ ...settings, metrics });
  const db = createPostgres({
    url: settings.DATABASE_URL,
    onError: (error) => log.warn({ err: error }, 'Postgres is away'),
  });
  await untilMigrated(db, log);
  const installation = settings.INSTALLATION ?? (await readInstallation(db)).id;
  const rpc = new NatsRpc({
    url: settings.NATS_URL,
    installation,
    name: `gateway ${randomUUID()}`,
    log,
    metrics,
    onHandlerError: (error, subject) => log.error({ err: error, subject }, 'a request got no reply'),
  });
  const redis =
    settings.REDIS_URL === undefined
      ? undefined
      : connectRedis(settings.REDIS_URL, {
          name: 'gateway',
          installation,
          clock: systemClock,
          random: Math.random,
          onError: (error) => log.warn({ err: error }, 'Redis is away: requests are counted here alone'),
          commandTimeoutMs: 500,
        });
  const web = fileURLToPath(new URL('../../../web/dist', import.meta.url));
  const gateway = createGateway({
    rpc,
    ...(settings.PODS_URL && { readElsewhere: createHttpRead(settings.PODS_URL, installation) }),
    catalog: createCatalog(db),
    ...composeAccess(settings, { db, log }),
    log,
    metrics,
    settings: {
      publicUrl: () => settings.PUBLIC_URL ?? `http://localhost:${doors.port}`,
      corsOrigins: settings.CORS_ORIGINS,
      rateLimits: { perAddress: settings.RATE_LIMIT_PER_ADDRESS, perKey: settings.RATE_LIMIT_PER_KEY, redis },
      proxies: settings.PROXIES,
      ...(existsSync(web) && { webRoot: web }),
    },
  });
  let draining = false;
  doors.open({
    // Without NATS a gateway still lists, reads and serves pages; taking it out of service would help nobody.
    health: () => ({ status: draining ? 'draining' : 'ready', installation, nats: rpc.available }),
    request: gateway.app,
  });
  log.info({ port: doors.port, installation }, 'ready');

  return {
    log,
    async stop() {
      draining = true;
      await gateway.close();
      await rpc.close();
      redis?.disconnect();
      await doors.close();
      await db.close();
    },
  };
}
