// `node loadtest/fuzz/updates/main.ts --updates 20000 --seed 1`: updates, right ones and wrong ones, for a pod.
import { parseArgs } from 'node:util';
import { run } from './run.ts';

const { values } = parseArgs({
  options: { updates: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const [updates, seed] = [Number(values.updates), Number(values.seed)];
const began = performance.now();
const { tally, violations } = await run({ updates, seed });
const lines = [...tally].map(
  ([kind, { acknowledged, refused }]) => `${kind}: ${acknowledged} acknowledged, ${refused} refused`,
);
process.stdout.write(`${updates} updates, seed ${seed}, in ${Math.round((performance.now() - began) / 1000)} s

${lines.sort().join('\n')}

${violations.length ? `${violations.length} things that must not be:\n${violations.slice(0, 50).join('\n')}` : 'Nothing that must not be.'}
`);
// Documents in memory keep timers.
process.exit(violations.length ? 1 : 0);
