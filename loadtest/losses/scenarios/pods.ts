import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@syncline/runtime/testing';
import { encodeStateAsUpdate } from 'yjs';
import type { Client } from '../client.ts';
import { ends, promised, type Scenario, STORES_LATE } from '../scenario.ts';

const SYNC = 0;
const UPDATE = 2;
const BROADCAST = 6;

/** What pods keep from each other, and from their clients. */
export const PODS: Scenario[] = [
  {
    title: 'a Redis blip: the pods differ',
    stockLoses: ['equal documents: not within 5000 ms'],
    async run({ startPod, redis, open, reconnected }) {
      const [one, two] = await Promise.all([startPod(), startPod()]);
      const [first, second] = await Promise.all([open(one), open(two)]);
      await redis.kill();
      first.write('one');
      second.write('two');
      await Promise.all([first.acknowledged(), second.acknowledged()]);
      await pause(1_500);
      await redis.start();
      await reconnected(one, two);
      return promised('equal documents', () => equal(first, second), { promisedMs: 1_000, watchedMs: 5_000 });
    },
  },
  {
    title: 'the ghost cursor: a client leaves one pod and stays on the other',
    stockLoses: ['a cursor gone: not within 5000 ms'],
    async run({ startPod, open }) {
      const [one, two] = await Promise.all([startPod(), startPod()]);
      const [leaver, watcher] = await Promise.all([open(one), open(two)]);
      leaver.provider.setAwarenessField('user', { name: 'Ann' });
      await until(() => watcher.sees(leaver));
      leaver.leave();
      return promised('a cursor gone', () => !watcher.sees(leaver), { promisedMs: 2_000, watchedMs: 5_000 });
    },
  },
  {
    title: 'the zombie close: a client whose frame was refused',
    stockLoses: ['an edit acknowledged: not within 10000 ms'],
    async run({ startPod, open }) {
      const one = await startPod();
      const client = await open(one);
      await client.acknowledged();
      // No client may send it.
      client.send([BROADCAST], [1, 0]);
      await pause(100);
      client.write('edit');
      return promised('an edit acknowledged', () => client.pending === 0, { promisedMs: 5_000, watchedMs: 10_000 });
    },
  },
  {
    title: 'a malformed update',
    stockLoses: ['a malformed update was acknowledged'],
    async run({ startPod, open }) {
      const one = await startPod();
      const client = await open(one);
      await client.acknowledged();
      const before = client.acknowledgements;
      client.send([SYNC, UPDATE], [4, 255, 255, 255, 255]);
      await until(() => client.acknowledgements > before || client.closed);
      return client.closed ? [] : ['a malformed update was acknowledged'];
    },
  },
  {
    title: 'the hung shutdown: SIGTERM while Postgres is away',
    stockEnv: STORES_LATE,
    stockLoses: ['its end'],
    async run({ startPod, open }) {
      const one = await startPod();
      const client = await open(one);
      client.write('edit');
      await client.acknowledged();
      one.link.cut();
      one.signal('SIGTERM');
      return (await ends(one.exited, 10_000)) ? [] : ['its end'];
    },
  },
  {
    title: 'an error that nobody awaits: a message to all while Redis is away',
    stockEnv: STORES_LATE,
    stockLoses: ['the pod', 'edit'],
    async run({ startPod, redis, open, missing }) {
      const one = await startPod();
      const client = await open(one);
      client.write('edit');
      await client.acknowledged();
      await redis.kill();
      client.provider.sendStateless('hello');
      const ended = await ends(one.exited, 5_000);
      client.leave();
      return [...(ended ? ['the pod'] : []), ...(await missing(['edit']))];
    },
  },
];

function equal(a: Client, b: Client): boolean {
  return Buffer.compare(encodeStateAsUpdate(a.document), encodeStateAsUpdate(b.document)) === 0;
}
