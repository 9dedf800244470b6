import { openAccess, openGrant } from '@syncline/auth';
import { MemoryRpc } from '@syncline/bus';
import { type DocumentRequest, Refusal, subjects } from '@syncline/protocol';
import { createLog } from '@syncline/runtime';
import { afterEach, expect, it } from 'vitest';
import { agreeable, type GatewayUnderTest, slow, startGateway } from '../test/gateway-under-test.ts';
import { createPods } from './pods.ts';

let gateway: GatewayUnderTest;
let logged: string[] = [];
const log = createLog({ service: 'test', level: 'warn', into: { write: (line) => void logged.push(line) } });
const start = async (...options: Parameters<typeof startGateway>) => (gateway = await startGateway(...options));
afterEach(() => gateway?.stop());

const tick = { body: { done: true }, headers: { 'idempotency-key': 'k1' } };

it('asks the pod that holds the document, and any pod when none does', async () => {
  const { send } = await start({ holding: { id: 'held', pod: () => ({ ok: true, seq: 99, value: { changed: [] } }) } });
  expect(await (await send('PATCH', '/v1/plans/held/steps/s', tick)).json()).toMatchObject({ revision: 99 });
  expect(await (await send('PATCH', '/v1/plans/other/steps/s', tick)).json()).toMatchObject({ revision: 13 });
});

it('answers 503 when no pod is there', async () => {
  const { send } = await start({ pod: null });
  const response = await send('PATCH', '/v1/plans/a/steps/s', tick);
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
  expect(await response.json()).toMatchObject({
    code: 'unavailable',
    detail: expect.stringMatching(/nothing was changed/),
  });
});

it('answers 503 to a time-out, says that the outcome is unknown, and asks nobody else', async () => {
  const { send, requests } = await start({
    holding: { id: 'a', pod: slow },
    settings: { rpcTimeoutMs: 20 },
  });
  const response = await send('PATCH', '/v1/plans/a/steps/s', tick);
  expect(response.status).toBe(503);
  expect(response.headers.get('idempotency-key')).toBe('k1');
  expect(await response.json()).toMatchObject({
    detail: expect.stringMatching(/unknown.*same command id \(Idempotency-Key, op_id\) is safe/),
  });
  expect(requests).toHaveLength(1);
});

it('passes a pod’s refusal on as it is', async () => {
  const error = { code: 'conflict' as const, detail: 'Found twice.', extra: { current: 'a a' } };
  const { send } = await start({ pod: () => ({ ok: false, error }) });
  const response = await send('PATCH', '/v1/plans/a/steps/s', tick);
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ code: 'conflict', detail: 'Found twice.', current: 'a a' });
});

it('does not stop a write when the caller hangs up', async () => {
  const hangUp = new AbortController();
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const { url } = await start({
    async pod(request) {
      hangUp.abort();
      await new Promise((resolve) => setTimeout(resolve, 30));
      finish();
      return agreeable(request);
    },
  });
  const sent = fetch(`${url}/v1/plans/a`, {
    method: 'PATCH',
    body: '{"title":"B"}',
    headers: { 'content-type': 'application/json' },
    signal: hangUp.signal,
  });
  await expect(sent).rejects.toThrow('aborted');
  await finished;
});

const grant = openGrant({ type: 'agent', id: 'a', name: 'A' });

it('sends a request that got no answer again, as the same call, and gives the second pod’s answer', async () => {
  const rpc = new MemoryRpc({ onHandlerError: () => {} });
  const sent: { id: string; call?: string }[] = [];
  rpc.serve(subjects.open, async (data) => {
    const request = JSON.parse(Buffer.from(data).toString()) as DocumentRequest & { type: 'command' };
    sent.push(request.command);
    // The first pod dies with the request.
    if (sent.length === 1) await new Promise(() => {});
    return Buffer.from(JSON.stringify({ ok: true, seq: 7, value: { changed: [] } }));
  });
  const pods = createPods({ rpc, log, access: openAccess, timeoutMs: 5_000, tryMs: 20, messageLimitBytes: 1000 });
  const command = {
    document: { workspace: 'default', kind: 'plan', id: 'a' },
    grant,
    commandId: 'once',
    verb: { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'B' }] } },
  } satisfies Parameters<typeof pods.command>[0];
  expect((await pods.command(command)).revision).toBe(7);
  await pods.command(command);
  expect(sent.map(({ id }) => id)).toEqual(['once', 'once', 'once']);
  const [first, again, another] = sent.map(({ call }) => call);
  expect([again === first, another === first]).toEqual([true, false]);
});

it('reads elsewhere while the bus is away, and writes nowhere', async () => {
  const rpc = new MemoryRpc({ onHandlerError: () => {} });
  await rpc.close();
  const readElsewhere = async () => Buffer.from(JSON.stringify({ ok: true, seq: 3, value: { title: 'A' } }));
  const pods = createPods({
    rpc,
    log,
    access: openAccess,
    readElsewhere,
    timeoutMs: 50,
    tryMs: 50,
    messageLimitBytes: 1000,
  });
  const document = { workspace: 'default', kind: 'plan' as const, id: 'a' };
  expect(await pods.read({ document, grant })).toMatchObject({ revision: 3 });
  const verb = { verb: 'plan.update' as const, args: { changes: [{ op: 'set' as const, title: 'B' }] } };
  await expect(pods.command({ document, grant, commandId: 'c', verb })).rejects.toThrow('cannot be reached');
});

it('is unavailable when the bus is closed', async () => {
  const rpc = new MemoryRpc({ onHandlerError: () => {} });
  rpc.serve(subjects.open, async (data) => data);
  await rpc.close();
  const pods = createPods({ rpc, log, access: openAccess, timeoutMs: 50, tryMs: 50, messageLimitBytes: 1000 });
  const document = { workspace: 'default', kind: 'plan' as const, id: 'a' };
  const asked = pods.read({ document, grant });
  await expect(asked).rejects.toSatisfy((error) => error instanceof Refusal && error.code === 'unavailable');
});

it('[B19] says once what may be wrong when no pod is found, until one is', async () => {
  const rpc = new MemoryRpc({ onHandlerError: () => {} });
  const pods = createPods({ rpc, log, access: openAccess, timeoutMs: 50, tryMs: 50, messageLimitBytes: 1000 });
  const read = () => pods.read({ document: { workspace: 'default', kind: 'plan' as const, id: 'a' }, grant });
  logged = [];
  for (let n = 0; n < 3; n++) await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
  expect(logged).toEqual([expect.stringMatching(/no sync pod answers.*INSTALLATION/)]);
  const served = rpc.serve(subjects.open, async () => Buffer.from(JSON.stringify({ ok: true, seq: 3, value: {} })));
  await read();
  await served.stop();
  await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
  expect(logged).toHaveLength(2);
});
