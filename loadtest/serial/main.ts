// `npm run serial -- --commands N`: do the answers to conflicting commands, sent through two gateways to two pods, have a
// serial order, also with kills meanwhile? `--help` says more.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createPostgres } from '@syncline/journal';
import { startCluster } from '../../k8s/local/cluster.ts';
import { createChance } from '../../services/sync/sim/random.ts';
import { addRun, measuredCommit } from '../results.ts';
import { Killer } from './killer.ts';
import { report, type Run } from './report.ts';
import { runRound, type Tally } from './round.ts';

const HELP = `npm run serial -- [--commands 5000] [--kill-every 8] [--seed N] [--write]

Four agents send conflicting commands through two gateways to two pods, while one process after the other is killed and
brought back. Then the answers must be those of some serial order of the commands.

  --commands N    how many
  --kill-every N  seconds between two kills
  --seed N        draws the commands and the kills; when they meet is the machine’s to say
  --write         adds the run to loadtest/serial/totals.json, and puts the sum of all runs there into loadtest/RESULTS.md

Ends with exit code 1 when answers contradict each other.
`;

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: '5000' },
    'kill-every': { type: 'string', default: '8' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const wanted = Number(values.commands);
/** More would make the documents large; each round also says whether all is well so far. */
const ROUND = 1_000;
/** Of each round's contradictions, so many are told: one bug makes many. */
const TOLD = 5;

// So that everything that was started is ended, also on Ctrl+C.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

if (values.help) process.stdout.write(HELP);
else await run();

async function run(): Promise<void> {
  const chance = createChance(Number(values.seed));
  const started = performance.now();
  process.stderr.write(
    `seed ${values.seed} draws the commands and the kills; when they meet is the machine’s to say\n`,
  );
  const cluster = await startCluster({ port: 0 });
  const db = createPostgres({ url: cluster.postgres.url, connections: 2, onError: () => {} });
  const killer = new Killer({ cluster, chance: chance.fork('kills'), everyMs: Number(values['kill-every']) * 1000 });
  const total: Tally = { commands: 0, refused: 0, sentAgain: 0, unanswered: 0 };
  let contradictions = 0;
  try {
    for (let round = 1; total.commands < wanted; round++) {
      const deps = { cluster, db, chance: chance.fork(`round ${round}`), name: `round-${round}` };
      const { found, ...tally } = await runRound(deps, Math.min(ROUND, wanted - total.commands));
      for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
      contradictions += found.length;
      const kills = Object.values(killer.killed).reduce((sum, count) => sum + count, 0);
      const lines = [`${total.commands} commands, ${kills} kills, ${contradictions} contradictions`];
      process.stderr.write(`${[...lines, ...found.slice(0, TOLD)].join('\n')}\n`);
    }
  } finally {
    await killer.stop();
    await db.close();
    await cluster.stop();
  }
  const own: Run = {
    date: new Date().toISOString().slice(0, 10),
    commit: measuredCommit(),
    tally: total,
    killed: killer.killed,
    contradictions,
    minutes: Math.round((performance.now() - started) / 60_000),
  };
  process.stdout.write(`\n${report([own])}\n`);
  if (values.write) addRun('serial', own, report);
  process.exitCode = contradictions ? 1 : 0;
}
