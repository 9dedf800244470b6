// `npm run faults -- --rounds N`: kills one process of a cluster after the other while people and agents work on it, and
// counts what is lost. `--help` says more.
import { randomInt } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { addRun, measuredCommit } from '../results.ts';
import { saveEvidence } from './evidence.ts';
import { Faults, type Round } from './faults.ts';
import { type Mode, MODES, Neighbours } from './neighbours.ts';
import { report } from './report.ts';
import { count, type Run } from './totals.ts';
import { VICTIM_KINDS, type VictimKind } from './victims.ts';

const HELP = `npm run faults -- [--rounds 20] [--seed N] [--only ${VICTIM_KINDS.join(',')}] [--write]
npm run faults -- --neighbours open|keys [--rounds 20] [--seed N]

Starts two pods, two gateways, a balancer, Redis, NATS and Postgres as processes of their own. In each round people (the
stock provider, on both pods and behind the balancer) and agents (REST through both gateways, with Idempotency-Key)
write to three documents, plans and docs in turn, while one process gets kill -9 and is brought back. Then everybody
must have what is committed in Postgres: every acknowledged edit and answered command once, every other one at most once.

  --rounds N  how many; about 2 s each on two idle cores
  --seed N    repeats a run's plan: who is killed when, and who does what. How processes interleave it cannot repeat.
  --only A,B  kills only these
  --neighbours open|keys
              two installations on one Postgres, Redis and NATS, with the same documents, everybody let in or by keys;
              processes of both are killed at once. Nobody may see anything of the other installation.
  --write     adds the run to loadtest/faults/totals.json, and puts the sum of all runs there into loadtest/RESULTS.md

Ends at the first broken promise with exit code 1, and leaves what there is to know about it in loadtest/reports/.
`;

/** Of a round's findings; the first ones say most. */
const SHOWN = 12;
/** From here on, a round says what it waited for. */
const SLOW_MS = 2_000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string' },
    only: { type: 'string', default: VICTIM_KINDS.join(',') },
    neighbours: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed ?? randomInt(2 ** 31));
const kinds = values.only.split(',') as VictimKind[];
const neighbours = values.neighbours as Mode | undefined;
const wrong = [
  Number.isSafeInteger(rounds) && rounds > 0 ? '' : `--rounds ${values.rounds} is no number of rounds`,
  Number.isSafeInteger(seed) ? '' : `--seed ${values.seed} is no whole number`,
  kinds.every((kind) => VICTIM_KINDS.includes(kind)) ? '' : `--only takes ${VICTIM_KINDS.join(', ')}`,
  neighbours && !MODES.includes(neighbours) ? `--neighbours takes ${MODES.join(' or ')}` : '',
  neighbours && values.write ? '--write counts runs of one installation alone, not of --neighbours' : '',
].filter(Boolean);

// So that everything that was started is ended, also on Ctrl+C.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

if (values.help) process.stdout.write(HELP);
else if (wrong.length) {
  process.stderr.write(`${wrong.join('\n')}\n\n${HELP}`);
  process.exitCode = 1;
} else await run();

async function run(): Promise<void> {
  const loads = [loadavg()[0]!];
  const own: Run = { date: new Date().toISOString().slice(0, 10), commit: measuredCommit(), seed, victims: {} };
  tell(`seed ${seed}, commit ${own.commit}`);
  const system = neighbours
    ? await Neighbours.start({ seed, mode: neighbours })
    : await Faults.start({ seed, kinds }).then(alone);
  const again = neighbours ? `--neighbours ${neighbours}` : `--only ${kinds.join(',')}`;
  try {
    for (let n = 1; n <= rounds && !process.exitCode; n++) {
      const done = await system.round();
      loads.push(loadavg()[0]!);
      for (const [which, round] of done.entries()) {
        count(own.victims, round);
        tell(`${n}/${rounds} ${inWords(round)}`);
        if (!round.violations.length) continue;
        await tellBroken(system.all[which]!, round);
        tell(`  Again: npm run faults -- --seed ${seed} --rounds ${n} ${again}`);
        process.exitCode = 1;
      }
    }
  } finally {
    await system.stop();
  }
  const [low, high] = [Math.min(...loads), Math.max(...loads)].map((load) => load.toFixed(1));
  const machine = `${availableParallelism()} cores, everything together`;
  process.stdout.write(`\n${report([own], `${machine} (load ${low}–${high})`)}\n`);
  if (values.write) addRun('faults', own, (runs) => report(runs, machine));
}

/** One installation, as {@link Neighbours} are two. */
function alone(faults: Faults): Pick<Neighbours, 'all' | 'round' | 'stop'> {
  return { all: [faults], round: async () => [await faults.round()], stop: () => faults.stop() };
}

async function tellBroken(faults: Faults, round: Round): Promise<void> {
  for (const { document, what } of round.violations.slice(0, SHOWN)) tell(`  BROKEN in ${document}: ${what}`);
  if (round.violations.length > SHOWN) tell(`  … and ${round.violations.length - SHOWN} more, in round.json`);
  tell(`  Logs and all writes are in ${await saveEvidence(faults, seed, round)}.`);
}

function inWords({ victim, killedAfterMs, awayMs, convergeMs, waitedFor, edits, commands, retried }: Round): string {
  return (
    `${victim.name} killed after ${killedAfterMs} ms, back after ${awayMs} ms: ${edits} edits, ${commands} commands ` +
    `(${retried} sent again), equal ${convergeMs} ms later` +
    (convergeMs > SLOW_MS ? ` (the last that waited was ${waitedFor})` : '')
  );
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
