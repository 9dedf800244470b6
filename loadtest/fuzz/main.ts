// `npm run fuzz -- --inputs 100000 --seed 1`: hostile inputs for a cluster in which people work. `--help` says more.
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

const HELP = `npm run fuzz -- [--inputs 10000] [--seed 1] [--minutes N]

Starts a cluster, and sends it frames, updates, requests and other noise that nobody should send, while two people and
an agent work in one of its documents. Says what became of each input, what memory the processes took, and ends with exit
code 1 when anything happened that must not.

  --inputs N   how many, about
  --seed N     draws them; the same seed sends the same
  --minutes N  begins no further 2,000 after so many
`;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: 'Infinity' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [inputs, seed, minutes] = [Number(values.inputs), Number(values.seed), Number(values.minutes)];

let told = 0;

// So that everything that was started is ended, also on Ctrl+C.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

if (values.help) process.stdout.write(HELP);
else if (inputs > 0 && Number.isInteger(seed) && minutes > 0) await run();
else {
  process.stderr.write(`--inputs and --minutes take a number above 0, --seed a whole number\n\n${HELP}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { tally, bystanders, memory, seconds } = await fuzz({ inputs, seed, minutes, onSlice: tell });
  process.stdout.write(`${tally.total} inputs, seed ${seed}, in ${Math.round(seconds)} s

${tally.toString()}

Meanwhile ${bystanders.written} edits were acknowledged and seen (the slowest acknowledgement took ${Math.round(bystanders.slowestAckMs)} ms), and ${bystanders.commands} commands answered (the agent was told to wait ${bystanders.askedAgain} times).
Memory: ${memory.map(({ process, before, after }) => `${process} ${before} → ${after} MiB`).join(', ')}

${tally.violations.length ? `${tally.violations.length} things that must not be:\n${tally.violations.slice(0, 50).join('\n')}` : 'Nothing that must not be.'}
`);
  process.exitCode = tally.violations.length ? 1 : 0;
}

function tell({ sent, violations, memory }: { sent: number; violations: readonly string[]; memory: number[] }): void {
  process.stderr.write(`${sent} sent, ${violations.length} violations, memory ${memory.join(', ')} MiB\n`);
  for (const violation of violations.slice(told)) process.stderr.write(`  ${violation}\n`);
  told = violations.length;
}
