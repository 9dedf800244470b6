import { randomUUID } from 'node:crypto';
import { composeAccess, createOriginCheck } from '@syncline/auth';
import { FanoutHub, MemoryFanout, MemoryRpc } from '@syncline/bus';
import { createGateway } from '@syncline/gateway';
import { createCatalog } from '@syncline/journal';
import {
  adoptConsole,
  createAdminServer,
  createFailpoint,
  createLog,
  type Doors,
  listen,
  type Logger,
  Metrics,
  openDoors,
  PROCESS_SETTINGS,
  type Running,
  systemClock,
} from '@syncline/runtime';
import { composePod, createMergeThread, podLimits, throughOneDoor } from '@syncline/sync';
import { openDatabase } from './database.ts';
import type { Settings } from './settings.ts';

/** Everything in one process: the pod, the gateway and the web app, on one port. */
export interface System extends Running {
  /** The address that people open. */
  url: string;
  /** Where the documents are. */
  storage: string;
}

/**
 * Starts the whole system.
 * @param webRoot the built web app
 * @throws StartError when a port is taken, the folder is in use, or the database cannot be reached
 */
export async function startSystem(settings: Settings, webRoot: string): Promise<System> {
  const log = createLog({ service: 'standalone', level: settings.LOG_LEVEL });
  adoptConsole(log);
  const metrics = new Metrics();
  metrics.collectProcess();

  const doors = await openOwnDoors(settings, metrics, log);
  const publicUrl = () => settings.PUBLIC_URL?.replace(/\/$/, '') ?? `http://localhost:${doors.port}`;
  const origins = { publicUrl, corsOrigins: settings.CORS_ORIGINS };
  const { db, unlock } = await openDatabase(settings, log);

  const { access, rights } = composeAccess(settings, { db, log });
  const rpc = new MemoryRpc({ onHandlerError: (error, subject) => log.error({ err: error, subject }, 'no reply') });
  const id = randomUUID();
  const fanout = new MemoryFanout({
    hub: new FanoutHub(),
    onListenerError: (error) => log.error({ err: error }, 'a frame could not be taken'),
  });
  const merging = createMergeThread();
  const { pod, canWrite } = composePod({
    db: throughOneDoor(db),
    merge: (task) => merging.run(task),
    rpc,
    fanout,
    id,
    clock: systemClock,
    random: Math.random,
    log,
    metrics,
    access,
    checkOrigin: createOriginCheck(origins),
    failpoint: createFailpoint(settings.FAILPOINT),
    limits: podLimits(settings),
  });
  const gateway = createGateway({
    rpc,
    catalog: createCatalog(db),
    access,
    rights,
    log,
    metrics,
    settings: {
      ...origins,
      webRoot,
      rateLimits: { perAddress: settings.RATE_LIMIT_PER_ADDRESS, perKey: settings.RATE_LIMIT_PER_KEY },
      proxies: settings.PROXIES,
    },
  });
  await pod.catchUpProjection();

  let draining = false;
  doors.open({
    health: () => ({
      status: draining ? 'draining' : canWrite() ? 'ready' : 'unavailable',
      rooms: pod.rooms,
      connections: pod.connections,
    }),
    request: gateway.app,
    upgrade: (request, socket, head) => pod.upgrade(request, socket, head),
  });

  return {
    log,
    url: publicUrl(),
    storage: settings.DATABASE_URL ? 'Postgres' : settings.DATA_DIR,
    async stop() {
      draining = true;
      await pod.stop();
      await merging.close();
      await gateway.close();
      await rpc.close();
      await fanout.close();
      await doors.close();
      await db.close();
      unlock();
    },
  };
}

/** Metrics are a convenience here: only an admin port that was asked for by name must be free. */
async function openOwnDoors(settings: Settings, metrics: Metrics, log: Logger): Promise<Doors> {
  const { ADMIN_PORT = null } = settings;
  const doors = await openDoors({ ...settings, ADMIN_PORT, metrics });
  if (ADMIN_PORT !== null) return doors;
  const admin = createAdminServer({ guard: doors.guard, metrics });
  try {
    await listen(admin, {
      host: '127.0.0.1',
      port: PROCESS_SETTINGS.ADMIN_PORT.schema.parse(undefined),
      setting: 'ADMIN_PORT',
    });
    admin.unref();
  } catch {
    log.info('the admin port is taken: no /metrics');
  }
  return doors;
}
