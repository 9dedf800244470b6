import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@syncline/runtime/testing';
import { ends, type Scenario, STORES_LATE, STORES_SOON } from '../scenario.ts';

/** Acknowledged edits of people, and what becomes of them. */
export const EDITS: Scenario[] = [
  {
    title: 'kill -9 within a second of the acknowledgement',
    stockEnv: STORES_LATE,
    stockLoses: ['0', '1', '2', '3', '4'],
    async run({ startPod, open, missing }) {
      const one = await startPod();
      const writer = await open(one);
      const edits = ['0', '1', '2', '3', '4'];
      for (const edit of edits) writer.write(edit);
      await writer.acknowledged();
      one.kill();
      writer.leave();
      return missing(edits);
    },
  },
  {
    title: 'kill -9 while typing',
    stockEnv: STORES_LATE,
    stockLoses: ['some of what was acknowledged'],
    async run({ startPod, open, missing }) {
      const one = await startPod();
      const writer = await open(one);
      const typed: string[] = [];
      for (; typed.length < 50; await pause(20)) {
        writer.write(`${typed.length}`);
        typed.push(`${typed.length}`);
      }
      // Those whose acknowledgement has come; what is still on its way was promised to nobody.
      const acknowledged = typed.slice(0, typed.length - writer.pending);
      one.kill();
      writer.leave();
      return (await missing(acknowledged)).length ? ['some of what was acknowledged'] : [];
    },
  },
  {
    title: 'L1: a pod killed before its debounce, a peer shows the edit',
    stockEnv: STORES_LATE,
    stockLoses: ['edit'],
    async run({ startPod, open, settled, missing }) {
      const [one, two] = await Promise.all([startPod(), startPod()]);
      const [writer, reader] = await Promise.all([open(one), open(two)]);
      writer.write('edit');
      await writer.acknowledged();
      await until(() => reader.has('edit'));
      one.kill();
      writer.leave();
      reader.leave();
      await settled(two);
      return missing(['edit']);
    },
  },
  {
    title: 'L2: a visitor edits and leaves while another pod’s store holds the lock',
    stockEnv: STORES_SOON,
    stockLoses: ['visitor'],
    async run({ startPod, open, settled, missing }) {
      const [one, two] = await Promise.all([startPod(), startPod()]);
      const [visitor, resident] = await Promise.all([open(one), open(two)]);
      // What is held is a store there, and the edit's commit here.
      const release = two.link.hold('requests');
      resident.write('resident');
      await until(() => two.link.waiting());
      visitor.write('visitor');
      await visitor.acknowledged();
      visitor.leave();
      await settled(one);
      release();
      await resident.acknowledged();
      resident.leave();
      await settled(two);
      return missing(['resident', 'visitor']);
    },
  },
  {
    title: 'L3: Redis is down when the last clients leave',
    stockLoses: ['one', 'two'],
    async run({ startPod, redis, open, settled, missing }) {
      const [one, two] = await Promise.all([startPod(), startPod()]);
      const [first, second] = await Promise.all([open(one), open(two)]);
      await redis.kill();
      first.write('one');
      second.write('two');
      await Promise.all([first.acknowledged(), second.acknowledged()]);
      first.leave();
      second.leave();
      await settled(one, two);
      await redis.start();
      return missing(['one', 'two']);
    },
  },
  {
    title: 'L4: a store takes longer than its lock while another pod stores',
    stockEnv: STORES_SOON,
    stockLoses: ['newer'],
    async run({ startPod, open, settled, missing }) {
      const [one, two] = await Promise.all([startPod(), startPod()]);
      const [slow, quick] = await Promise.all([open(one), open(two)]);
      // What is held is a store there, and the edit's commit here.
      const release = one.link.hold('requests');
      slow.write('older');
      await until(() => one.link.waiting());
      // As long as stock locks live.
      await pause(1_200);
      quick.write('newer');
      await quick.acknowledged();
      quick.leave();
      await settled(two);
      release();
      await slow.acknowledged();
      slow.leave();
      await settled(one);
      return missing(['older', 'newer']);
    },
  },
  ...(['its clients leave', 'SIGTERM'] as const).map((end): Scenario => ({
    title: `L5: Postgres is away for one store, and back before ${end}`,
    stockEnv: STORES_SOON,
    stockLoses: ['edit'],
    async run({ startPod, open, settled, missing }) {
      const one = await startPod();
      const writer = await open(one);
      one.link.cut();
      writer.write('edit');
      // A store there, a commit here.
      await until(() => one.link.refused() > 0);
      // A stock pod unloads nothing as long as its store has not failed for good.
      await pause(200);
      one.link.restore();
      // There long ago; here once Postgres has the edit, which the client sends again.
      await writer.acknowledged();
      if (end === 'SIGTERM') {
        one.signal('SIGTERM');
        if (!(await ends(one.exited, 20_000))) return ['its end'];
        writer.leave();
      } else {
        writer.leave();
        await settled(one);
      }
      return missing(['edit']);
    },
  })),
  {
    title: 'L7: a pod loads slowly while another edits, stores and unloads',
    stockEnv: STORES_SOON,
    stockLoses: ['early'],
    async run({ startPod, document, join, open, settled, missing }) {
      const [one, two] = await Promise.all([startPod(), startPod()]);
      // Two has a connection to Postgres that is in no use, so that only its read of the document is late.
      const elsewhere = await open(two, `${document}-other`);
      const release = two.link.hold('answers');
      const late = join(two);
      await until(() => two.link.waiting());
      const early = await open(one);
      early.write('early');
      await early.acknowledged();
      early.leave();
      await settled(one);
      release();
      await late.synced();
      late.write('late');
      await late.acknowledged();
      late.leave();
      elsewhere.leave();
      await settled(two);
      return missing(['early', 'late']);
    },
  },
];
