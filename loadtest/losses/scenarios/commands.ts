import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@syncline/runtime/testing';
import { type Scenario, STORES_LATE } from '../scenario.ts';

/** What a command sets; here a field of a plan. */
const key = 'owner';

/** Edits by programs: by a direct connection there, by REST here. */
export const COMMANDS: Scenario[] = [
  {
    title: 'kill -9 after a command was answered',
    stockEnv: STORES_LATE,
    stockLoses: [key],
    async run({ startPod, document, open, command, missing }) {
      const one = await startPod();
      // Somebody has the document open, so that the command goes to this pod here too.
      const holder = await open(one);
      holder.write('first');
      await holder.acknowledged();
      if (!(await command({ podUrl: one.url, document, key, unload: false }))) return ['its answer'];
      one.kill();
      holder.leave();
      return missing([key]);
    },
  },
  {
    title: 'L6: a command while Postgres is away',
    stockEnv: STORES_LATE,
    stockLoses: [key],
    async run({ startPod, document, open, command, settled, missing }) {
      const one = await startPod();
      const holder = await open(one);
      holder.write('first');
      await holder.acknowledged();
      one.link.cut();
      const edit = { podUrl: one.url, document, key, id: 'once', unload: true };
      // Its answer waits for the store there, and for the commit here.
      const answered = await command(edit);
      one.link.restore();
      // Whoever was not answered sends it again.
      if (!answered) await until(() => command(edit), 20_000);
      holder.leave();
      await settled(one);
      return missing([key]);
    },
  },
  {
    title: 'another pod is frozen during a command',
    stockLoses: [key],
    async run({ startPod, document, open, command, settled, missing }) {
      const [one, two] = await Promise.all([startPod(), startPod()]);
      const holder = await open(one);
      holder.write('edit');
      await holder.acknowledged();
      one.signal('SIGSTOP');
      const answer = command({ podUrl: two.url, document, key, unload: true });
      // There the other pod answers meanwhile; here this one may be asked, and answers once it can.
      await Promise.race([answer, pause(4_000)]);
      one.signal('SIGCONT');
      if (!(await answer)) return ['its answer'];
      await settled(two);
      holder.leave();
      await settled(one);
      return missing(['edit', key]);
    },
  },
];
