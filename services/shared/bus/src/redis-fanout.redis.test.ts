import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { DocumentId } from '@syncline/protocol';
import { createLog, Metrics, systemClock } from '@syncline/runtime';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { startRedis } from '../../../../.ci/redis.ts';
import { fanoutContract } from './fanout.contract.ts';
import { RedisFanout, type RedisFanoutDeps } from './redis-fanout.ts';

const opened: RedisFanout[] = [];

function open(url: string, pod: string, more: Partial<RedisFanoutDeps> = {}): RedisFanout {
  const log = createLog({ service: 'test', level: 'silent' });
  const fanout = new RedisFanout({ url, installation: 'test', pod, log, metrics: new Metrics(), ...more });
  opened.push(fanout);
  return fanout;
}

fanoutContract('Redis', async () => {
  const server = await startRedis();
  return {
    connect: (pod) => open(server.url, pod),
    interrupt: () => server.kill(),
    restore: () => server.start(),
    close: () => server.stop(),
  };
});

describe('Redis itself', () => {
  afterEach(() => Promise.all(opened.splice(0).map((fanout) => fanout.close())));

  const pair = async (more: Partial<RedisFanoutDeps> = {}) => {
    const [a, b] = [open(inject('redisUrl'), 'a', more), open(inject('redisUrl'), 'b', more)];
    await until(() => a.available && b.available);
    return [a, b] as const;
  };

  it('[B16] listeners are told of a loss on the publisher’s side alone', async () => {
    const [a, b] = await pair();
    const document = newDocument();
    await b.listen(document, () => {}).ready;
    let restored = 0;
    b.onRestored(() => (restored += 1));
    const admin = new Redis(inject('redisUrl'));
    for (const client of String(await admin.client('LIST')).split('\n')) {
      const id = /^id=(\d+) .*name=syncline-publisher /.exec(client)?.[1];
      if (id) await admin.client('KILL', 'ID', id);
    }
    await until(() => !a.available);
    a.publish(document, Buffer.from('lost'));
    await until(() => restored > 0);
    expect(restored).toBe(1);
    await admin.quit();
  });

  it('stands again with thousands of documents', async () => {
    const server = await startRedis();
    const [a, b] = [open(server.url, 'a'), open(server.url, 'b')];
    await until(() => a.available && b.available);
    const heard = new Set<DocumentId>();
    const documents = Array.from({ length: 3_000 }, newDocument);
    await Promise.all(documents.map((document) => b.listen(document, () => heard.add(document)).ready));
    await server.kill();
    await until(() => !b.available);
    await server.start();
    await until(() => a.available && b.available);
    for (const document of documents) a.publish(document, Buffer.from('x'));
    await until(() => heard.size === documents.length);
    expect(heard.size).toBe(3_000);
    await Promise.all([a.close(), b.close()]);
    await server.stop();
  });

  it('[B18] a pod that has ended is told of, while nobody is taken for gone whom Redis kept from speaking', async () => {
    const server = await startRedis();
    const [a, b] = [open(server.url, 'a'), open(server.url, 'b')];
    const gone: string[] = [];
    b.onPodGone((pod) => gone.push(pod));
    await until(() => a.available && b.available);
    await pause(1_500);
    await server.kill();
    await pause(5_000);
    await server.start();
    await until(() => a.available && b.available);
    await pause(5_000);
    expect(gone).toEqual([]);
    await a.close();
    await until(() => gone.length > 0);
    expect(gone).toEqual(['a']);
    await b.close();
    await server.stop();
  });

  it('[B18] one that was held up is heard of again: frames may have been missed', async () => {
    let heldUp = false;
    const beats: (() => void)[] = [];
    const clock = {
      ...systemClock,
      after: (ms: number, fn: () => void) => systemClock.after(ms, () => (heldUp ? beats.push(fn) : fn())),
    };
    const [url, installation] = [inject('redisUrl'), `held-up-${randomUUID()}`];
    const [a, b] = [open(url, 'a', { installation, clock }), open(url, 'b', { installation })];
    const gone: string[] = [];
    let restored = 0;
    b.onPodGone((pod) => gone.push(pod));
    b.onRestored(() => (restored += 1));
    await until(() => a.available && b.available);
    await pause(1_500);
    heldUp = true;
    await until(() => gone.length > 0);
    expect(restored).toBe(0);
    heldUp = false;
    for (const beat of beats) beat();
    await until(() => restored > 0);
    expect(gone).toEqual(['a']);
    await Promise.all([a.close(), b.close()]);
  });

  it('a Redis that is frozen with the connection open is noticed', async () => {
    const server = await startRedis();
    const told: boolean[] = [];
    const a = open(server.url, 'a', { onStatus: ({ available }) => told.push(available) });
    await until(() => a.available);
    server.pause();
    a.publish(newDocument(), Buffer.from('x'));
    await until(() => !a.available);
    server.resume();
    await until(() => a.available);
    expect(told).toEqual([true, false, true]);
    await a.close();
    await server.stop();
  });

  it('[B19] two installations on one server do not hear each other, and use no name but their own', async () => {
    const server = await startRedis();
    const ends = ['one', 'two'].map((installation) =>
      ['a', 'b'].map((pod) => open(server.url, `${installation} ${pod}`, { installation })),
    );
    await until(() => ends.flat().every((end) => end.available));
    const document = newDocument();
    const heard: string[] = [];
    const gone: string[] = [];
    for (const [n, [, b]] of ends.entries()) {
      b!.onPodGone((pod) => gone.push(`${n} of ${pod}`));
      await b!.listen(document, (frame) => heard.push(`${n} ${Buffer.from(frame).toString()}`)).ready;
    }
    const watcher = new Redis(server.url);
    const channels = new Set<string>();
    watcher.on('pmessage', (_, channel: string) => channels.add(channel));
    await watcher.psubscribe('*');
    // By then each has said that it lives, and one that heard a foreign pod would miss it.
    await until(() => channels.size === 2);
    for (const [n, [a]] of ends.entries()) a!.publish(document, Buffer.from(`of ${n}`));
    await until(() => heard.length >= 2 && channels.size >= 4);
    await ends[0]![0]!.close();
    await until(() => gone.length > 0);
    expect(heard.toSorted()).toEqual(['0 of 0', '1 of 1']);
    expect(gone).toEqual(['0 of one a']);
    expect([...channels].toSorted()).toEqual(
      ['one', 'two'].flatMap((name) => [`syncline:${name}:${document}`, `syncline:${name}:pods`]).toSorted(),
    );
    watcher.disconnect();
    await Promise.all(ends.flat().map((end) => end.close()));
    await server.stop();
  });

  it('is not shaken by what others publish', async () => {
    const installation = `shaken-${randomUUID()}`;
    const [a, b] = await pair({ installation });
    const document = newDocument();
    const heard: string[] = [];
    await b.listen(document, (frame) => heard.push(Buffer.from(frame).toString())).ready;
    const stranger = new Redis(inject('redisUrl'));
    await stranger.publish(`syncline:${installation}:${document}`, 'hello');
    await stranger.publish(`syncline:${installation}:${document}`, '');
    await stranger.quit();
    a.publish(document, Buffer.from('x'));
    await until(() => heard.length === 1);
    expect(heard).toEqual(['x']);
  });

  it('counts what was sent, lost and received', async () => {
    const metrics = new Metrics();
    const [a, b] = [open(inject('redisUrl'), 'a', { metrics }), open(inject('redisUrl'), 'b')];
    const document = newDocument();
    a.publish(document, Buffer.from('too early'));
    await until(() => a.available && b.available);
    let heard = 0;
    await a.listen(document, () => (heard += 1)).ready;
    b.publish(document, Buffer.from('x'));
    await until(() => heard === 1);
    a.publish(document, Buffer.from('y'));
    await a.close();
    const text = await metrics.registry.metrics();
    expect(text).toContain('syncline_fanout_published_total{outcome="lost"} 1');
    // The frame, and before it the word that one was lost.
    expect(text).toContain('syncline_fanout_published_total{outcome="sent"} 2');
    expect(text).toContain('syncline_fanout_received_total{outcome="frame"} 1');
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function newDocument(): DocumentId {
  return randomUUID() as DocumentId;
}
