import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHttpRead, RpcUnavailable } from '@syncline/bus';
import { createAdminServer, createLog, HTTP_SETTINGS, HttpGuard, Metrics, readSettings } from '@syncline/runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createReadDoor } from './read-door.ts';

const logged: string[] = [];
const asked: string[] = [];
const readable = {
  installation: 'ours',
  log: createLog({ service: 'test', level: 'warn', into: { write: (line) => void logged.push(line) } }),
  pod: {
    async read(request: Uint8Array) {
      asked.push(Buffer.from(request).toString());
      return Buffer.from('answered');
    },
  },
};
const metrics = new Metrics();
const server = createAdminServer({
  guard: new HttpGuard({ settings: readSettings(HTTP_SETTINGS, {}), metrics }),
  metrics,
  more: createReadDoor(() => readable),
});
let url: string;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const LONG = { timeoutMs: 20_000 };

it('[B20] a read that means this installation is answered', async () => {
  expect(Buffer.from(await createHttpRead(url, 'ours')(Buffer.from('mine'), LONG)).toString()).toBe('answered');
  expect(asked).toEqual(['mine']);
});

it('[B20] one that means another, or says nothing, is refused, and both sides are told why', async () => {
  asked.length = 0;
  const failure = await createHttpRead(url, 'theirs')(Buffer.from('x'), LONG).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RpcUnavailable);
  expect(String(failure)).toMatch(/403 This pod is of the installation ours, and the request is for theirs.*PODS_URL/);
  expect((await fetch(`${url}/read`, { method: 'POST', body: 'x' })).status).toBe(403);
  expect(asked).toEqual([]);
  expect(logged).toHaveLength(2);
  expect(logged[0]).toMatch(/theirs.*INSTALLATION is not the same/);
});
