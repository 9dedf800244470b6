// `npm run fuzz -- --inputs 100000 --seed 1`: see README.md beside this folder.
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const [inputs, seed] = [Number(values.inputs), Number(values.seed)];
if (!(inputs > 0) || !Number.isInteger(seed))
  throw new Error('--inputs must be a number above 0, --seed a whole number');

const { tally, bystanders, memory, seconds } = await fuzz({ inputs, seed });
process.stdout.write(`${tally.total} inputs, seed ${seed}, in ${Math.round(seconds)} s

${tally.toString()}

Meanwhile ${bystanders.edits} edits were acknowledged and seen (the slowest acknowledgement took ${Math.round(bystanders.slowestAckMs)} ms), and ${bystanders.commands} commands answered.
Memory: ${memory.map(({ process, before, after }) => `${process} ${before} → ${after} MiB`).join(', ')}

${tally.violations.length ? `${tally.violations.length} things that must not be:\n${tally.violations.slice(0, 50).join('\n')}` : 'Nothing that must not be.'}
`);
process.exitCode = tally.violations.length ? 1 : 0;
