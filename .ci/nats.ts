import { findProgram, freePort, makePlace, startServer, type TestServer } from './server.ts';

/** Starts a NATS server of its own for the tests: core NATS only, as the system uses it. */
export async function startNats(): Promise<TestServer> {
  const command = findProgram(['nats-server'], 'nats-server');
  const place = await makePlace('nats');
  const port = await freePort();
  return startServer({
    name: 'NATS',
    command,
    args: ['--addr', '127.0.0.1', '--port', String(port)],
    readyLine: 'Server is ready',
    stopSignal: 'SIGTERM',
    url: `nats://127.0.0.1:${port}`,
    place,
  });
}
