import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTo } from 'node:net';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { startPostgres } from '../../../../.ci/postgres.ts';
import { DatabaseError } from './database.ts';
import { migrate } from './migrate.ts';
import { createPostgres } from './postgres.ts';
import { postgresTestDatabase, type TestDatabase } from './testing.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await postgresTestDatabase(inject('databaseUrl'));
});
afterAll(() => test.drop());

const connect = () => createPostgres({ url: test.url, connections: 1, onError: () => {} });

it('[J3] commits synchronously, whatever the server’s default is', async () => {
  const name = new URL(test.url).pathname.slice(1);
  await test.db.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
  const db = connect();
  expect(await db.query('SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
  await db.close();
});

it('[J9] a connection that is lost in the middle of a transaction ends that transaction and nothing else', async () => {
  const db = connect();
  const lost = db.transaction(async (tx) => {
    const [{ pid }] = (await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
    await test.db.query('SELECT pg_terminate_backend($1)', [pid]);
    return tx.query('SELECT 1');
  });
  await expect(lost).rejects.toBeInstanceOf(DatabaseError);
  expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await db.close();
});

it('a process that freezes in the middle of a transaction does not keep its locks', async () => {
  await test.db.query('CREATE TABLE locked (id int PRIMARY KEY)');
  await test.db.query('INSERT INTO locked VALUES (1)');
  const frozen = connect();
  const never = frozen.transaction(async (tx) => {
    await tx.query('SELECT id FROM locked WHERE id = 1 FOR UPDATE');
    await new Promise((resolve) => {
      setTimeout(resolve, 6_000);
    });
    await tx.query('SELECT 1');
  });
  never.catch(() => {});
  const other = connect();
  await other.query('UPDATE locked SET id = 1 WHERE id = 1');
  await expect(never).rejects.toBeInstanceOf(DatabaseError);
  await Promise.all([frozen.close(), other.close()]);
});

it('[J9] a server that freezes fails statements in time, and serves again when it goes on', async () => {
  const server = await startPostgres();
  const db = createPostgres({ url: server.url, connections: 2, statementTimeoutMs: 300, onError: () => {} });
  try {
    await Promise.all([db.query('SELECT pg_sleep(0.1)'), db.query('SELECT pg_sleep(0.1)')]);
    server.pause();
    const failed = await Promise.allSettled([
      db.query('SELECT 1'),
      db.transaction((tx) => tx.query('SELECT 1')),
      db.query('SELECT 1'),
    ]);
    for (const outcome of failed) expect(outcome).toMatchObject({ reason: { name: 'DatabaseError', sqlState: null } });
    server.resume();
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  } finally {
    server.resume();
    await db.close();
    await server.stop();
  }
});

it('[J2] the database itself refuses to change a committed row', async () => {
  await migrate(test.db);
  await expect(test.db.query(`UPDATE journal SET actor = 'person:other'`)).rejects.toThrow(/never changed/);
});

it('[J22] a machine that answers nothing, as one that has gone, is given up soon, for all who wait behind it', async () => {
  // It takes one connection, and is stopped: the next ones' first packets are dropped.
  const program = `const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    process.stdout.write(String(server.address().port), () => process.kill(process.pid, 'SIGSTOP')) })`;
  const gone = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(gone.stdout, 'data')) as [Buffer];
  const filling = Array.from({ length: 4 }, () =>
    connectTo(Number(port.toString()), '127.0.0.1').on('error', () => {}),
  );
  await once(filling[0]!, 'connect');
  const db = createPostgres({ url: `postgres://a@127.0.0.1:${port.toString()}/a`, connections: 2, onError: () => {} });
  try {
    const began = performance.now();
    const waiting = await Promise.allSettled(Array.from({ length: 4 }, () => db.query('SELECT 1')));
    expect(performance.now() - began).toBeLessThan(4_500);
    for (const one of waiting)
      expect(one).toMatchObject({
        reason: { name: 'DatabaseError', message: 'no connection within 500 ms', away: true },
      });
  } finally {
    for (const socket of filling) socket.destroy();
    gone.kill('SIGKILL');
    await db.close();
  }
});
