import { quantile } from '../statistics.ts';
import { Pair } from './pair.ts';
import { pause, within } from './wait.ts';
import { allSynced, costOfEdits, finish, newName, type Workload } from './workload.ts';

const PIECES = 20_000;
const PIECE = `${'What was written once and corrected afterwards weighs on what comes.'.padEnd(70)}`;
/** Long enough for the slowest target to keep up, short enough that a pod at rest costs little of what is counted. */
const EDIT_EVERY_MS = 25;

/** A document of 1.4 MB that has been corrected in 20,000 places, edited on both pods in turn. */
export const largeDocument: Workload = async (task) => {
  const pair = new Pair(task.urls, newName(), task.flushDelayMs);
  const [author, other] = pair.clients;
  await allSynced([pair]);
  const pieces = task.quick ? PIECES / 10 : PIECES;
  author.doc.transact(() => {
    author.text.insert(0, PIECE.repeat(pieces));
    for (let n = pieces - 1; n >= 0; n--) author.text.delete(n * PIECE.length + 10, 1);
  });
  const arrived = await within(60_000, () => other.text.length === author.text.length && author.unacknowledged === 0);
  if (!arrived) return { numbers: {}, problems: ['the document did not get through'] };

  const seen: number[] = [];
  const type = async (forMs: number) => {
    const began = performance.now();
    for (let n = 0; performance.now() < began + forMs; n++) {
      pair.edit(n & 1 ? 1 : 0, 5);
      await pause(EDIT_EVERY_MS);
    }
    // What is still on its way is part of the cost.
    await within(5_000, () => pair.unseen === 0);
  };
  await type(task.quick ? 1_000 : 3_000);
  pair.onSeen = (ms) => seen.push(ms);
  const cost = await costOfEdits(task, [pair], () => type(task.quick ? 3_000 : 9_000));
  return finish(task, [pair], { ...cost, p50: quantile(seen, 0.5), p99: quantile(seen, 0.99) });
};
