// `npm run api-fuzz`: Schemathesis reads /openapi.json and sends what it makes of it to a running system: no answer may be
// a fault (5xx), of a status or form that the document does not name, or a success where the document asks for a refusal.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, temporaryFolder } from '../services/standalone/src/testing.ts';

const VERSION = '4.32.5';
/** Says that what the schema allows is accepted: a revision that has passed, or a past expiry, is rightly not. */
const NOT_PROMISED = 'positive_data_acceptance';

const venv = fileURLToPath(new URL('../node_modules/.cache/schemathesis', import.meta.url));
const schemathesis = join(venv, 'bin', 'schemathesis');

const [examples = '20', seed = '1'] = process.argv.slice(2);
if (!existsSync(schemathesis)) {
  await run('python3', ['-m', 'venv', venv]);
  await run(join(venv, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${VERSION}`]);
}
const folder = temporaryFolder();
const notes = temporaryFolder();
const system = await startProcess({ DATA_DIR: folder.path });
try {
  const options = ['--url', system.url, '--exclude-checks', NOT_PROMISED, '--suppress-health-check', 'all'];
  process.exitCode = await run(
    schemathesis,
    ['run', `${system.url}/openapi.json`, ...options, '--max-examples', examples, '--seed', seed],
    notes.path,
  );
} finally {
  await system.stop();
  folder.remove();
  notes.remove();
}

/** @param cwd where it may leave what it notes */
function run(command: string, args: string[], cwd?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', cwd });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
