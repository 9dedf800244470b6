import { HocuspocusProvider } from '@hocuspocus/provider';
import * as Y from 'yjs';
import { type Pair, sameDocument } from './pair.ts';
import { within } from './wait.ts';

/** How many documents are also read by the stock provider, on each pod. */
const SAMPLE = 10;
const DEADLINE_MS = 15_000;

/**
 * Says what speaks against believing a run's numbers: edits that were not seen, clients that were thrown out, halves of
 * a pair that differ, and, on a sample, a freshly joined stock provider that gets another document.
 * @param keeps whether the target keeps documents for those who come later
 */
export async function findProblems(pairs: Pair[], urls: readonly string[], keeps: boolean) {
  const problems: string[] = [];
  const settled = () => pairs.every((pair) => pair.unseen === 0 && (!keeps || acknowledged(pair)));
  if (!(await within(DEADLINE_MS, settled))) {
    const lost = pairs.reduce((sum, pair) => sum + pair.unseen, 0);
    if (lost) problems.push(`${lost} edits were never seen`);
    const waiting = pairs.filter((pair) => !acknowledged(pair)).length;
    if (keeps && waiting) problems.push(`${waiting} pairs were not acknowledged`);
  }
  const ended = pairs.flatMap((pair) => pair.ended);
  if (ended.length) problems.push(`${ended.length} clients were ended (${ended[0]})`);
  const different = pairs.filter((pair) => !pair.equal).length;
  if (different) problems.push(`${different} of ${pairs.length} documents differ between the pods`);
  if (keeps) {
    const step = Math.max(1, Math.floor(pairs.length / SAMPLE));
    for (let n = 0; n < pairs.length; n += step)
      for (const url of urls) if (!(await joinsEqual(url, pairs[n]!))) problems.push(`a newcomer to ${n} differs`);
  }
  return problems;
}

function acknowledged(pair: Pair): boolean {
  return pair.clients.every((client) => client.unacknowledged === 0);
}

async function joinsEqual(url: string, pair: Pair): Promise<boolean> {
  const document = new Y.Doc();
  const provider = new HocuspocusProvider({ url: url + pair.name, name: pair.name, document, token: '' });
  const equal = await within(DEADLINE_MS, () => provider.isSynced && sameDocument(document, pair.clients[0].doc));
  provider.destroy();
  return equal;
}
