// `npm run bench [-- --quick] [--rounds 3] [--only many,large] [--write]`: the same work for Syncline and its peers, in
// turn, on the same machine at the same time of day. `--write` puts the table into loadtest/RESULTS.md.
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../processes.ts';
import { measuredCommit, writeTable } from '../results.ts';
import { PLAN } from './plan.ts';
import { report } from './report.ts';
import { runOnce } from './run.ts';
import { type Servers, startServers } from '../servers.ts';
import type { Measurement } from './swarm/workload.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: 'pair,many,flush,large,wal,cold,loop' },
    write: { type: 'boolean', default: false },
  },
});
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
  const text = report(results, circumstances(servers));
  process.stdout.write(`\n${text}\n`);
  if (values.write) writeTable('table', text);
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
