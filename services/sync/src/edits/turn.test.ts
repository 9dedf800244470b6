import { expect, it } from 'vitest';
import { Turn } from './turn.ts';

/** A turn, and work that notes its name, holding up what comes later where it is told to. */
function turns() {
  const turn = new Turn();
  const done: string[] = [];
  const take = (name: string, found?: Promise<void>) =>
    turn.take(async () => {
      if (found) turn.holdUp(found);
      await found;
      done.push(name);
    });
  return { take, done };
}

it('[S4] what comes behind an update that is held up waits for it, and goes on in its order', async () => {
  const { take, done } = turns();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const all = [take('a'), take('b', first.promise), take('c', second.promise), take('d')];
  await all[0];
  expect(done).toEqual(['a']);
  second.resolve();
  first.resolve();
  await Promise.all(all);
  await take('e');
  expect(done).toEqual(['a', 'b', 'c', 'd', 'e']);
});

it('[S58] what comes behind one that is refused goes with it', async () => {
  const { take, done } = turns();
  const all = [take('a', Promise.reject(new Error('refused'))), take('b')];
  for (const each of await Promise.allSettled(all)) expect(each.status).toBe('rejected');
  expect(done).toEqual([]);
});
