import { expect, it } from 'vitest';
import { NotSaved, Saves } from './saves.ts';

/** Who waited, by the names they were given, in the order in which they were told. */
function waiting(saves: Saves) {
  const told: string[] = [];
  return {
    told,
    async wait(name: string) {
      await saves.wait().then(
        () => told.push(name),
        (error) => told.push(`${name}: ${error instanceof NotSaved ? error.message : 'another error'}`),
      );
    },
  };
}

/** Lets what was resolved be told. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('one waits for the frames that are under way, and for none that come later', async () => {
  const saves = new Saves();
  const { told, wait } = waiting(saves);
  saves.onLetIn(1);
  saves.onCount(0);
  saves.onCount(1);
  void wait('first');
  saves.onCount(2);
  void wait('second');
  saves.onCount(3);
  saves.onCount(2);
  await turn();
  expect(told).toEqual(['first']);
  saves.onCount(3);
  saves.onCount(2);
  await turn();
  expect(told).toEqual(['first', 'second']);
});

it('before the handshake is through, one waits for all that it sends, and for frames sent beside it', async () => {
  const saves = new Saves();
  const { told, wait } = waiting(saves);
  void wait('offline');
  // The handshake, and a frame that was sent before its answer, which is acknowledged first.
  saves.onLetIn(2);
  saves.onCount(1);
  await turn();
  expect(told).toEqual([]);
  saves.onCount(0);
  await turn();
  expect(told).toEqual(['offline']);
});

it('what a lost connection had under way is waited for again', async () => {
  const saves = new Saves();
  const { told, wait } = waiting(saves);
  saves.onLetIn(1);
  saves.onCount(0);
  saves.onCount(1);
  void wait('written');
  saves.onClose();
  saves.onLetIn(1);
  await turn();
  expect(told).toEqual([]);
  saves.onCount(0);
  await turn();
  expect(told).toEqual(['written']);
});

it('whoever waits is told when nothing will be acknowledged any more', async () => {
  const saves = new Saves();
  const { told, wait } = waiting(saves);
  void wait('one');
  saves.giveUp('it ended');
  await turn();
  expect(told).toEqual(['one: it ended']);
});
