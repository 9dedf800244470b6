import { findProgram, freePort, makePlace, startServer, type TestServer } from './server.ts';

/** Starts a Redis (or Valkey) of its own for the tests. It keeps nothing on disk. */
export async function startRedis(): Promise<TestServer> {
  const command = findProgram(['redis-server', 'valkey-server'], 'redis-server');
  const place = await makePlace('redis');
  const port = await freePort();
  return startServer({
    name: 'Redis',
    command,
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', place.folder],
    readyLine: 'Ready to accept connections',
    stopSignal: 'SIGTERM',
    url: `redis://127.0.0.1:${port}`,
    place,
  });
}
