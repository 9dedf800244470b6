import { MemoryRpc } from '@syncline/bus';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { documentId } from '@syncline/protocol/document-id';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatewayUnderTest, startGateway } from '../../gateway/test/gateway-under-test.ts';
import { controllable, startTestPod, type TestPod } from '../../sync/src/testing.ts';

/** Two gateways before one pod whose commits can be held back. */
let test: TestDatabase;
let database: ReturnType<typeof controllable>;
let pod: TestPod;
let gateways: GatewayUnderTest[];
const rpc = new MemoryRpc({ onHandlerError: () => {} });
beforeAll(async () => {
  test = await pgliteTestDatabase();
  await migrate(test.db);
  database = controllable(test.db);
  pod = await startTestPod(database.db, {}, { rpc });
  // No call is sent again by itself within a test, however slow the machine.
  const settings = { rpcTryMs: 60_000, rpcTimeoutMs: 60_000, publicUrl: () => 'http://127.0.0.1' };
  gateways = await Promise.all([startGateway({ rpc, settings }), startGateway({ rpc, settings })]);
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await pod.stop();
  await rpc.close();
  await test.drop();
});

const post = (gateway: number, path: string, body: object, agent = 'tester') =>
  gateways[gateway]!.send('POST', path, { body, headers: { 'idempotency-key': 'once', 'x-agent': agent } });

it('[S10, S47] a key: 201 once, 409 while it runs, 422 for another body, and then its answer, at every gateway', async () => {
  await gateways[0]!.send('POST', '/v1/documents', { body: { id: 'plan', title: 'Plan' } });
  const id = documentId({ workspace: 'default', kind: 'plan', id: 'plan' });
  const add = (gateway: number, title = 'a', agent?: string) => post(gateway, '/v1/plans/plan/steps', { title }, agent);

  const { reached, release } = database.holdNext();
  const first = add(0);
  await reached;
  for (const gateway of [0, 1]) {
    const copy = await add(gateway);
    expect([copy.status, copy.headers.get('retry-after'), copy.headers.get('idempotency-key')]).toEqual([
      409,
      '1',
      'once',
    ]);
    expect(await copy.json()).toMatchObject({ type: expect.stringMatching(/\/in_progress$/), code: 'in_progress' });
    expect((await add(gateway, 'b')).status).toBe(422);
  }
  const others = add(1, 'c', 'somebody');
  release();
  const answer = await first;
  expect([answer.status, (await others).status]).toEqual([201, 201]);
  const text = await answer.text();
  for (const gateway of [0, 1, 0]) {
    const again = await add(gateway);
    expect([again.status, await again.text()]).toEqual([201, text]);
    expect((await add(gateway, 'b')).status).toBe(422);
  }
  expect((await pod.reader.read(id)).head).toBe(3);
});
