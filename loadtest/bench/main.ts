// `npm run bench`: the same work for Syncline and its peers, in turn, on the same machine at the same time of day.
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../processes.ts';
import { measuredCommit, writeTable } from '../results.ts';
import { PLAN, TABLES } from './plan.ts';
import { report } from './report.ts';
import { runOnce } from './run.ts';
import { type Servers, startServers } from '../servers.ts';
import type { Measurement } from './swarm/workload.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: Object.values(TABLES).flat().join() },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`npm run bench [-- --only ${values.only}] [--rounds 3] [--quick] [--write]

  --only A,B  measures only these (loadtest/bench/plan.ts says what they are)
  --rounds N  how often each is measured, in turn with the others
  --quick     one short round: does it run at all?
  --write     puts into loadtest/RESULTS.md each table of which everything was measured:
              ${Object.values(TABLES).join(' and ')}
`);
  process.exit();
}
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const only = new Set(values.only.split(','));
const plan = Object.entries(PLAN).filter(([name]) => only.has(name.split(' ')[0]!));
const results = new Map<string, Measurement[]>();
const loads: number[] = [];

// So that everything that was started is ended, also on Ctrl+C.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const servers = await startServers();
try {
  for (let round = 1; round <= rounds; round++)
    for (const [name, run] of plan) {
      loads.push(loadavg()[0]!);
      const measured = await runOnce(run, servers, { quick: values.quick });
      results.set(name, [...(results.get(name) ?? []), measured]);
      const numbers = Object.entries(measured.numbers).map(([key, number]) => `${key} ${number.toPrecision(3)}`);
      process.stderr.write(`${round}/${rounds} ${name}: ${[...numbers, ...measured.problems].join(', ')}\n`);
    }
  process.stdout.write(`\n${report(results, circumstances(servers))}\n`);
  for (const [mark, runs] of Object.entries(TABLES)) {
    if (!values.write || !runs.every((run) => only.has(run))) continue;
    const own = new Map([...results].filter(([name]) => runs.some((run) => name.startsWith(`${run} `))));
    writeTable(mark, report(own, circumstances(servers)));
  }
} finally {
  await servers.stop();
}

function circumstances({ postgresVersion }: Servers) {
  const version = (name: string) =>
    (JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
  const [low, high] = [Math.min(...loads), Math.max(...loads)].map((load) => load.toFixed(1));
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: measuredCommit(),
    machine: `${availableParallelism()} cores, loopback, clients and all servers together (load ${low}–${high})`,
    versions:
      `Node ${process.versions.node}, Postgres ${postgresVersion}, Hocuspocus ${version('@hocuspocus/server')}, ` +
      `yjs ${version('yjs')}, ws ${version('ws')}`,
    rounds,
    quick: values.quick,
  };
}
