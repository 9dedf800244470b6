import { randomUUID } from 'node:crypto';
import { checkAuthSettings, composeAccess, createOriginCheck } from '@syncline/auth';
import { NatsRpc, RedisFanout } from '@syncline/bus';
import { createPostgres, readInstallation, untilMigrated } from '@syncline/journal';
import {
  adoptConsole,
  createFailpoint,
  createLog,
  Metrics,
  openDoors,
  readSettings,
  runMain,
  type Running,
  systemClock,
} from '@syncline/runtime';
import { createMergeThread } from './edits/create-merge-thread.ts';
import { composePod } from './compose.ts';
import { createReadDoor, type Readable } from './read-door.ts';
import { podLimits, SETTINGS, type Settings } from './settings.ts';

/**
 * People wait for a commit with what they wrote at stake, so a database that does not answer must be known as such soon;
 * and still after one that waits for a frozen pod's locks, which are given up after 3 s.
 */
const COMMIT_MS = 5_000;
/** Beside draining: answering what was taken, and committing it. */
const FINISH_MS = 15_000;

await runMain({
  title: 'A sync pod: documents for browsers (/sync/<kind>:<id>) and for commands from the gateways.',
  settings: SETTINGS,
  start: () => start(readSettings(SETTINGS, process.env)),
});

async function start(settings: Settings): Promise<Running> {
  checkAuthSettings(settings);
  const id = randomUUID();
  const log = createLog({ service: 'sync', level: settings.LOG_LEVEL }).child({ pod: id });
  adoptConsole(log);
  const metrics = new Metrics();
  metrics.collectProcess();

  let readable: Readable | undefined;
  const admin = createReadDoor(() => readable);
  const doors = await openDoors({ ...settings, metrics, admin });
  const connect = (options: { connections: number; synchronousCommit?: boolean; statementTimeoutMs?: number }) =>
    createPostgres({
      url: settings.DATABASE_URL,
      onError: (error) => log.warn({ err: error }, 'Postgres is away'),
      ...options,
    });
  const db = {
    writing: connect({ connections: 2, statementTimeoutMs: COMMIT_MS }),
    reading: connect({ connections: 6 }),
    projecting: connect({ connections: 1, synchronousCommit: false }),
  };
  await untilMigrated(db.reading, log);
  const installation = settings.INSTALLATION ?? (await readInstallation(db.reading)).id;

  const fanout = new RedisFanout({ url: settings.REDIS_URL, installation, pod: id, log, metrics });
  const rpc = new NatsRpc({
    url: settings.NATS_URL,
    installation,
    name: `sync ${id}`,
    log,
    metrics,
    onHandlerError: (error, subject) => log.error({ err: error, subject }, 'a request got no reply'),
  });
  const merging = createMergeThread();
  const { pod, canWrite } = composePod({
    db,
    merge: (task) => merging.run(task),
    rpc,
    fanout,
    id,
    clock: systemClock,
    random: Math.random,
    log,
    metrics,
    access: composeAccess(settings, { db: db.reading, log }).access,
    checkOrigin: createOriginCheck({
      publicUrl: () => settings.PUBLIC_URL ?? `http://localhost:${doors.port}`,
      corsOrigins: settings.CORS_ORIGINS,
    }),
    failpoint: createFailpoint(settings.FAILPOINT),
    limits: podLimits(settings),
  });
  readable = { pod, installation, log };
  let draining = false;
  doors.open({
    health: () => ({
      status: draining ? 'draining' : canWrite() ? 'ready' : 'unavailable',
      installation,
      rooms: pod.rooms,
      connections: pod.connections,
      redis: fanout.available,
      nats: rpc.available,
    }),
    request: (_request, response) => response.writeHead(404).end(),
    upgrade: (request, socket, head) => pod.upgrade(request, socket, head),
  });
  log.info({ port: doors.port, installation }, 'ready');
  // What a crash has left behind; lists wait for nothing else.
  pod.catchUpProjection().catch((error: unknown) => log.warn({ err: error }, 'the projection is still behind'));

  return {
    log,
    stopDeadlineMs: settings.DRAIN_MS + FINISH_MS,
    async stop() {
      draining = true;
      await pod.stop();
      await merging.close();
      await rpc.close();
      await fanout.close();
      await doors.close();
      await Promise.all(Object.values(db).map((door) => door.close()));
    },
  };
}
