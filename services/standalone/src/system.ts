import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { createOriginCheck, principalOfSocket } from '@syncline/auth';
import { MemoryRpc } from '@syncline/bus';
import { createGateway } from '@syncline/gateway';
import {
  createCatalog,
  createPglite,
  createPostgres,
  createProjection,
  createReader,
  type Database,
  GroupCommit,
  migrate,
} from '@syncline/journal';
import {
  adoptConsole,
  answerHealth,
  closeServer,
  createAdminServer,
  createFailpoint,
  createLog,
  type Health,
  listen,
  lockFolder,
  type Logger,
  Metrics,
  type Running,
  StartError,
  systemClock,
} from '@syncline/runtime';
import { Pod } from '@syncline/sync';
import type { Settings } from './settings.ts';

const CLOSE_DEADLINE_MS = 5_000;

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

  let draining = false;
  let healthNow = (): Health => ({ status: 'starting' });
  let port = settings.PORT;
  const publicUrl = () => settings.PUBLIC_URL?.replace(/\/$/, '') ?? `http://localhost:${port}`;
  const origins = { publicUrl, corsOrigins: settings.CORS_ORIGINS };

  // The port first: whoever starts a second one by mistake hears of it before anything is touched.
  let serve: RequestListener = (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end();
  const server = createServer((request, response) => {
    if (!answerHealth(healthNow, request, response)) serve(request, response);
  });
  port = await listen(server, { host: settings.HOST, port: settings.PORT, setting: 'PORT' });
  const admin = await startAdmin(settings, metrics, log);
  const { db, unlock } = await openDatabase(settings, log);

  const rpc = new MemoryRpc({ onHandlerError: (error, subject) => log.error({ err: error, subject }, 'no reply') });
  let journal: GroupCommit | undefined;
  const pod = new Pod({
    journal: (committed) => (journal = new GroupCommit({ db, clock: systemClock, log, metrics, committed })),
    reader: createReader(db),
    projection: createProjection(db),
    rpc,
    clock: systemClock,
    random: Math.random,
    log,
    metrics,
    authenticate: principalOfSocket,
    checkOrigin: createOriginCheck(origins),
    failpoint: createFailpoint(settings.FAILPOINT),
  });
  const gateway = createGateway({ rpc, catalog: createCatalog(db), log, metrics, settings: { ...origins, webRoot } });
  await pod.catchUpProjection();

  healthNow = () => ({
    status: draining ? 'draining' : journal!.available ? 'ready' : 'unavailable',
    rooms: pod.rooms,
    connections: pod.connections,
  });
  serve = gateway.app;
  server.on('upgrade', (request, socket, head) => {
    if (!pod.upgrade(request, socket, head)) socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });

  return {
    log,
    url: publicUrl(),
    storage: settings.DATABASE_URL ? 'Postgres' : settings.DATA_DIR,
    async stop() {
      draining = true;
      await pod.stop();
      await gateway.close();
      await rpc.close();
      await Promise.all([closeServer(server, CLOSE_DEADLINE_MS), admin && closeServer(admin, CLOSE_DEADLINE_MS)]);
      await db.close();
      unlock();
    },
  };
}

async function openDatabase(settings: Settings, log: Logger): Promise<{ db: Database; unlock: () => void }> {
  const unlock = settings.DATABASE_URL ? () => {} : lockFolder(settings.DATA_DIR, 'DATA_DIR');
  try {
    const db = settings.DATABASE_URL
      ? createPostgres({ url: settings.DATABASE_URL, onError: (error) => log.warn({ err: error }, 'Postgres is away') })
      : await createPglite({ dataDir: join(settings.DATA_DIR, 'pglite') });
    await migrate(db);
    return { db, unlock };
  } catch (error) {
    unlock();
    const name = settings.DATABASE_URL ? 'DATABASE_URL' : `DATA_DIR=${settings.DATA_DIR}`;
    throw new StartError(`${name}: the database cannot be opened: ${(error as Error).message}`, { cause: error });
  }
}

/** Metrics are a convenience here: only a port that was asked for by name must be free. */
async function startAdmin(settings: Settings, metrics: Metrics, log: Logger) {
  const admin = createAdminServer(metrics);
  try {
    await listen(admin, { host: '127.0.0.1', port: settings.ADMIN_PORT ?? 9090, setting: 'ADMIN_PORT' });
    return admin;
  } catch (error) {
    if (settings.ADMIN_PORT !== undefined) throw error;
    log.info('port 9090 is taken: no /metrics');
    return null;
  }
}
