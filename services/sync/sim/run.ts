import { parseArgs } from 'node:util';
import { adoptConsole } from '@syncline/runtime';
import { createSimLog } from './log.ts';
import { simulate } from './simulate.ts';

/**
 * `node services/sync/sim/run.ts --seeds 1000 --from 1` runs many seeds, `--seed 123 --verbose` one of them. Prints the
 * seeds that fail, and ends with 1 when there are any.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    /** Ends at the first seed that fails. */
    first: { type: 'boolean', default: false },
  },
});

// Libraries that speak to the console speak to nobody.
adoptConsole(createSimLog({ add: () => {}, onError: () => {} }));
const from = Number(values.seed ?? values.from);
const count = values.seed ? 1 : Number(values.seeds);
const say = (text: string) => void process.stdout.write(`${text}\n`);
const began = performance.now();
const failed: number[] = [];
for (let seed = from; seed < from + count; seed++) {
  const { violations, digest, lines } = await simulate(seed, { verbose: values.verbose });
  if (values.verbose) say(lines.join('\n'));
  if (values.seed) say(`digest ${digest}`);
  if (!violations.length) continue;
  failed.push(seed);
  say(`seed ${seed} fails: ${violations[0]}`);
  if (values.first) break;
}
const each = ((performance.now() - began) / count).toFixed(1);
say(`${count} seeds, ${failed.length} failed${failed.length ? `: ${failed.join(' ')}` : ''}; ${each} ms each`);
process.exitCode = failed.length ? 1 : 0;
