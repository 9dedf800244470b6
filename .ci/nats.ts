import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, freePort, makePlace, startServer, type TestServer } from './server.ts';

/**
 * Starts a NATS server of its own for the tests: core NATS only, as the system uses it.
 * @param config such as who may use which subjects
 */
export async function startNats(config = ''): Promise<TestServer> {
  const command = findProgram(['nats-server'], 'nats-server');
  const place = await makePlace('nats');
  const port = await freePort();
  const file = join(place.folder, 'nats.conf');
  await writeFile(file, config);
  return startServer({
    name: 'NATS',
    command,
    args: ['--addr', '127.0.0.1', '--port', String(port), '--config', file],
    readyLine: 'Server is ready',
    stopSignal: 'SIGTERM',
    url: `nats://127.0.0.1:${port}`,
    place,
  });
}
