import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from '../processes.ts';
import type { Faults, Round } from './faults.ts';

/** Saves what a developer needs to look into a round: what it found, all writes, and what the processes have logged. */
export async function saveEvidence(faults: Faults, seed: number, round: Round): Promise<string> {
  const folder = join(ROOT, 'loadtest', 'reports', `faults-${faults.installation}${seed}-${round.number}`);
  mkdirSync(folder, { recursive: true });
  const save = (name: string, text: string) => writeFileSync(join(folder, name), text);
  save('round.json', JSON.stringify({ seed, ...round }, null, 2));
  for (const document of faults.documents) {
    const lists = (_: string, value: unknown) => (value instanceof Set ? [...value] : value);
    const says = await document.committedText().catch((error: unknown) => `cannot be read: ${String(error)}`);
    save(`${document.id}.json`, JSON.stringify({ says, writes: document.history.writes }, lists, 2));
  }
  for (const kind of ['pods', 'gateways'] as const)
    for (const [n, service] of faults.cluster[kind].entries()) save(`${kind.slice(0, -1)}-${n + 1}.log`, service.log());
  return relative(ROOT, folder);
}
