import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '@syncline/runtime/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { startPostgres } from '../../.ci/postgres.ts';
import { freePort, type TestServer } from '../../.ci/server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** As long as an installation's servers take to start, and more than one of the waits' rounds. */
const WITHOUT_SERVER_MS = 2_000;

interface Started {
  child: ChildProcess;
  said: () => string;
  ready: () => Promise<boolean>;
}

let postgres: TestServer;
const started: ChildProcess[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  await postgres.kill();
});
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await postgres.stop();
});

it('[J33] what is started before its database waits for server and schema, says so, and serves when they are there', async () => {
  const migrate = await start('services/sync/src/migrate.ts');
  const ended = once(migrate.child, 'exit') as Promise<[number]>;
  const services = [await start('services/sync/src/main.ts'), await start('services/gateway/src/main.ts')];
  const all = [migrate, ...services];
  await until(() => all.every(({ said }) => said().includes('waiting for the database')));
  await new Promise((resolve) => {
    setTimeout(resolve, WITHOUT_SERVER_MS);
  });
  expect(all.map(({ child, said }) => [child.exitCode, said()])).toEqual(all.map(({ said }) => [null, said()]));
  expect(await Promise.all(services.map(({ ready }) => ready()))).toEqual([false, false]);

  await postgres.start();
  const [code] = await ended;
  expect([code, migrate.said()]).toEqual([0, expect.stringContaining('"msg":"migrated"')]);
  for (const { ready, said } of services) {
    await until(ready);
    expect(said()).toMatch(/"waitedMs":\d+,"msg":"the database is there/);
  }
});

it('[J33] a login that is refused is a wrong setting, and ends the start with a sentence', async () => {
  const wrong = new URL(postgres.url);
  wrong.username = 'nobody-has-this-name';
  for (const main of ['services/sync/src/main.ts', 'services/sync/src/migrate.ts']) {
    const { child, said } = await start(main, { DATABASE_URL: wrong.href });
    const [code] = (await once(child, 'exit')) as [number];
    expect([code, said()]).toEqual([1, expect.stringMatching(/DATABASE_URL: .*nobody-has-this-name.*does not exist/)]);
    expect(said()).not.toContain('    at ');
  }
});

it('[J33] a migration that is told to end while it waits has not been done, and says so by its exit code', async () => {
  const { child, said } = await start('services/sync/src/migrate.ts', {
    DATABASE_URL: `postgres://postgres@127.0.0.1:${await freePort()}/postgres`,
  });
  await until(() => said().includes('waiting for the database'));
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([1, null]);
});

async function start(main: string, env: Record<string, string> = {}): Promise<Started> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const { PATH = '' } = process.env;
  const servers = { DATABASE_URL: postgres.url, REDIS_URL: inject('redisUrl'), NATS_URL: inject('natsUrl') };
  const child = spawn(process.execPath, [main], {
    cwd: ROOT,
    env: { PATH, PORT: String(port), ADMIN_PORT: String(adminPort), ...servers, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const url = `http://127.0.0.1:${port}/readyz`;
  const ready = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  return { child, said: () => said, ready };
}
