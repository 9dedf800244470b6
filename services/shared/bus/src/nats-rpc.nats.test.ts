import { readFile } from 'node:fs/promises';
import { connect } from '@nats-io/transport-node';
import { createLog, Metrics } from '@syncline/runtime';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startNats } from '../../../../.ci/nats.ts';
import type { TestServer } from '../../../../.ci/server.ts';
import type { BusStatus } from './bus-status.ts';
import { NatsRpc, type NatsRpcDeps } from './nats-rpc.ts';
import { NoResponders, RequestTimeout, RpcUnavailable } from './rpc.ts';
import { rpcContract } from './rpc.contract.ts';

function open(url: string, more: Partial<NatsRpcDeps> = {}): NatsRpc {
  return new NatsRpc({
    url,
    name: 'test',
    installation: 'test',
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

  it('[B19] two installations on one server neither hear nor answer each other, and use no name but their own', async () => {
    const [one, two] = ['one', 'two'].map((installation) => open(server.url, { installation })) as [NatsRpc, NatsRpc];
    const { port } = new URL(server.url);
    const watcher = await connect({ servers: `127.0.0.1:${port}` });
    const subjects = new Set<string>();
    const watching = watcher.subscribe('>', { callback: (_, { subject }) => void subjects.add(subject) });
    await Promise.all([one.connected, two.connected, watcher.flush()]);
    for (const [name, rpc] of Object.entries({ one, two })) rpc.serve('both', async () => Buffer.from(name));
    two.serve('doc.x', async (data) => data);
    await Promise.all([one.flush(), two.flush()]);
    const ask = async (rpc: NatsRpc) => Buffer.from(await rpc.request('both', large, { timeoutMs: 10_000 })).toString();
    const large = Buffer.alloc(3 * 1024 * 1024);
    for (let n = 0; n < 20; n++) expect([await ask(one), await ask(two)]).toEqual(['one', 'two']);
    expect((await two.request('doc.x', Buffer.from('x'), { timeoutMs: 10_000 })).toString()).toBe('x');
    await watcher.flush();
    expect(subjects.size).toBeGreaterThan(2);
    expect([...subjects].filter((subject) => !/^syncline\.(one|two)\./.test(subject))).toEqual([]);
    // The server takes whoever watches for one who serves.
    watching.unsubscribe();
    await watcher.flush();
    await expect(one.request('doc.x', Buffer.from('x'), { timeoutMs: 10_000 })).rejects.toBeInstanceOf(NoResponders);
    await Promise.all([one.close(), two.close(), watcher.close()]);
  });

  it('[B19] pods and gateways need no more of NATS than docs/operations.md lets them, which lets nobody else in', async () => {
    const operations = await readFile(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
    const [rules] = /^authorization \{[^]+?^\] \}/m.exec(operations)!;
    const strict = await startNats(rules);
    const url = strict.url.replace('//', '//production:password@');
    const ends = ['production', 'staging'].map((installation) => open(url, { installation }));
    const [ours, theirs] = ends as [NatsRpc, NatsRpc];
    await Promise.all(ends.map((end) => end.connected));
    for (const rpc of ends) rpc.serve('open', async (data) => data);
    await Promise.all(ends.map((end) => end.flush()));
    const data = Buffer.alloc(3 * 1024 * 1024, 'x');
    expect(Buffer.compare(await ours.request('open', data, { timeoutMs: 10_000 }), data)).toBe(0);
    await expect(theirs.request('open', data, { timeoutMs: 300 })).rejects.toBeInstanceOf(RequestTimeout);
    await Promise.all(ends.map((end) => end.close()));
    await strict.stop();
  });

  it('is not shaken by what others send', async () => {
    const errors: unknown[] = [];
    const rpc = open(inject('natsUrl'), { onHandlerError: (error) => errors.push(error) });
    await rpc.connected;
    rpc.serve('open', async (data) => data);
    await rpc.flush();
    const { port } = new URL(inject('natsUrl'));
    const stranger = await connect({ servers: `127.0.0.1:${port}` });
    stranger.publish('syncline.test.open', 'no reply wanted');
    await stranger.flush();
    await until(() => errors.length === 1);
    expect((await stranger.request('syncline.test.open', 'plain')).string()).toBe('plain');
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
