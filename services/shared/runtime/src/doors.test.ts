import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Doors, openDoors, PROCESS_SETTINGS } from './doors.ts';
import { Metrics } from './metrics.ts';
import { readSettings } from './settings.ts';

let doors: Doors;
const uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);
beforeAll(async () => {
  process.on('uncaughtException', note);
  doors = await openDoors({
    ...readSettings(PROCESS_SETTINGS, { PORT: '0' }),
    ADMIN_PORT: null,
    metrics: new Metrics(),
  });
});
afterAll(async () => {
  process.off('uncaughtException', note);
  await doors.close();
});

it('answers before it is ready, and says that it is not', async () => {
  const url = `http://127.0.0.1:${doors.port}`;
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'starting' }]);
  const early = await fetch(`${url}/v1/documents`);
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1']);
});

it('outlives clients that ask for an upgrade and reset the connection', async () => {
  for (let n = 0; n < 20; n++) {
    const socket = connect(doors.port, '127.0.0.1');
    await new Promise<void>((resolve) => {
      socket.once('connect', resolve);
    });
    socket.write('GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await new Promise((resolve) => {
      setTimeout(resolve, n % 4);
    });
    socket.resetAndDestroy();
  }
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  expect(uncaught).toEqual([]);
});
