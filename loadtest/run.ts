// `npm run loadtest -- edit-latency [-e NAME=value …]`: runs a k6 scenario against the pods that POD_A and POD_B name,
// else against two of its own. Exits with 0 only when every threshold holds.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServers } from './servers.ts';
import { TARGETS } from './bench/targets.ts';
import { runK6 } from './k6.ts';
import { ROOT } from './processes.ts';

const DEADLINE_MS = 600_000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    env: { type: 'string', short: 'e', multiple: true, default: [] },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const scenarios = readdirSync(join(ROOT, 'loadtest', 'scenarios'))
  .filter((file) => file.endsWith('.ts') && file !== 'client.ts')
  .map((file) => file.slice(0, -3));
const scenario = positionals[0] ?? '';

// So that everything that was started is ended, also on Ctrl+C.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

if (values.help)
  process.stdout.write(`npm run loadtest -- ${scenarios.join(' | ')} [-e POD_A=ws://… -e POD_B=ws://…] [-e NAME=value …]

Runs a k6 scenario against these pods, or else against two of its own; exit code 0 only when every threshold holds.
`);
else if (scenarios.includes(scenario)) process.exitCode = await run().catch(told);
else {
  process.stderr.write(`Say which scenario: npm run loadtest -- ${scenarios.join(' | ')}\n`);
  process.exitCode = 1;
}

async function run(): Promise<number> {
  const env = Object.fromEntries(values.env.map((pair) => pair.split(/=(.*)/s, 2) as [string, string]));
  if (env['POD_A'] && env['POD_B']) return runK6({ scenario, env, deadlineMs: DEADLINE_MS });
  const servers = await startServers();
  try {
    const { urls, stop } = await TARGETS.syncline(servers);
    const [POD_A, POD_B] = urls;
    const code = await runK6({ scenario, env: { POD_A, POD_B, ...env }, deadlineMs: DEADLINE_MS });
    await stop();
    return code;
  } finally {
    await servers.stop();
  }
}

function told(error: Error): number {
  process.stderr.write(`${error.message}\n`);
  return 1;
}
