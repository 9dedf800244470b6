import { connect } from '@nats-io/transport-node';
import { createLog, Metrics } from '@syncline/runtime';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startNats } from '../../../../.ci/nats.ts';
import type { TestServer } from '../../../../.ci/server.ts';
import type { BusStatus } from './bus-status.ts';
import { NatsRpc, type NatsRpcDeps } from './nats-rpc.ts';
import { RequestTimeout, RpcUnavailable } from './rpc.ts';
import { rpcContract } from './rpc.contract.ts';

function open(url: string, more: Partial<NatsRpcDeps> = {}): NatsRpc {
  return new NatsRpc({
    url,
    name: 'test',
    log: createLog({ service: 'test', level: 'silent' }),
    metrics: new Metrics(),
    onHandlerError: () => {},
    ...more,
  });
}

rpcContract('NATS', async () => {
  const server = await startNats();
  return {
    connect: (options) => open(server.url, options),
    settle: (rpc) => (rpc as NatsRpc).flush(),
    interrupt: () => server.kill(),
    restore: () => server.start(),
    close: () => server.stop(),
  };
});

describe('NATS itself', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server.stop());

  it('carries 32 MB both ways', async () => {
    const [gateway, pod] = [open(inject('natsUrl')), open(inject('natsUrl'))];
    await Promise.all([gateway.connected, pod.connected]);
    pod.serve('large', async (data) => data);
    await pod.flush();
    const data = Buffer.alloc(32 * 1024 * 1024, 'large');
    expect(Buffer.compare(await gateway.request('large', data, { timeoutMs: 20_000 }), data)).toBe(0);
    await Promise.all([gateway.close(), pod.close()]);
  });

  it('[B8] frozen with the connection open: requests time out, and closing does not wait for ever', async () => {
    const rpc = open(server.url, { drainMs: 200 });
    await rpc.connected;
    const served = rpc.serve('subject', async (data) => data);
    await rpc.flush();
    server.pause();
    const ask = () => rpc.request('subject', Buffer.from('x'), { timeoutMs: 100 });
    let outcome: unknown;
    // It may answer once more before it freezes.
    while (!outcome)
      outcome = await ask().then(
        () => null,
        (error: unknown) => error,
      );
    expect(outcome).toBeInstanceOf(RequestTimeout);
    const began = performance.now();
    await served.stop();
    await rpc.close();
    expect(performance.now() - began).toBeLessThan(2_000);
    server.resume();
  });

  it('[B10] closes before it was ever connected', async () => {
    const rpc = open('nats://127.0.0.1:1');
    await expect(rpc.request('subject', Buffer.from('x'), { timeoutMs: 100 })).rejects.toBeInstanceOf(RpcUnavailable);
    await rpc.close();
    expect(rpc.available).toBe(false);
  });

  it('tells when it comes and goes, once each time', async () => {
    const told: boolean[] = [];
    const rpc = open(server.url, { onStatus: ({ available }: BusStatus) => told.push(available) });
    await rpc.connected;
    await server.kill();
    await until(() => told.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await server.start();
    await until(() => rpc.available);
    await rpc.close();
    expect(told).toEqual([true, false, true]);
  });

  it('counts requests by outcome', async () => {
    const metrics = new Metrics();
    const rpc = open(inject('natsUrl'), { metrics });
    await rpc.connected;
    rpc.serve('counted', async (data) => data);
    await rpc.request('counted', Buffer.from('x'), { timeoutMs: 1_000 });
    await rpc.request('nobody', Buffer.from('x'), { timeoutMs: 1_000 }).catch(() => {});
    await rpc.close();
    await rpc.request('nobody', Buffer.from('x'), { timeoutMs: 1_000 }).catch(() => {});
    const text = await metrics.registry.metrics();
    for (const outcome of ['reply', 'no_responders', 'unavailable'])
      expect(text).toContain(`syncline_rpc_requests_total{outcome="${outcome}"} 1`);
    expect(text).toContain('syncline_rpc_available 0');
  });

  it('is not shaken by what others send', async () => {
    const errors: unknown[] = [];
    const rpc = open(inject('natsUrl'), { onHandlerError: (error) => errors.push(error) });
    await rpc.connected;
    rpc.serve('open', async (data) => data);
    await rpc.flush();
    const { port } = new URL(inject('natsUrl'));
    const stranger = await connect({ servers: `127.0.0.1:${port}` });
    stranger.publish('open', 'no reply wanted');
    await stranger.flush();
    await until(() => errors.length === 1);
    expect((await stranger.request('open', 'plain')).string()).toBe('plain');
    await stranger.close();
    await rpc.close();
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
