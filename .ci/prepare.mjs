// Before `npm start` and `npm test`: installs what is missing and, with --web, builds the web app when it is stale.
// Runs on any Node from 20 on, and needs no package: what it installs brings the Node that everything else runs on.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...path) => join(root, ...path);

const OLDEST_NODE = 20;
const SAY_EVERY_MS = 5_000;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  fail(`Node ${process.versions.node} is too old: Syncline installs its own Node, but needs ${OLDEST_NODE} to begin.`);
}

// npm notes in this file what it has installed; it is gone, or older, when that is not what the lock file asks for.
if (newest([at('package-lock.json')]) > newest([at('node_modules', '.package-lock.json')])) {
  await run('Installing packages (once; a minute or so)', process.execPath, [
    npm(),
    'ci',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
}

const sources = [
  'web/src',
  'web/client/src',
  'web/index.html',
  'web/public',
  'web/vite.config.ts',
  'web/package.json',
  'web/client/package.json',
  'package-lock.json',
];
const shared = ['services/shared/model/src', 'services/shared/protocol/src'];
if (
  process.argv.includes('--web') &&
  newest([...sources, ...shared].map((path) => at(path))) > newest([at('web/dist/index.html')])
) {
  await run(
    'Building the web app',
    at('node_modules/node/bin/node'),
    [at('node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn', at('web')],
    at('web'),
  );
}

/** When the newest of these files was changed, folders searched; 0 when there is none. */
function newest(paths) {
  return Math.max(
    0,
    ...paths.map((path) => {
      if (!existsSync(path)) return 0;
      const stat = statSync(path);
      return stat.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : stat.mtimeMs;
    }),
  );
}

/** npm's own file: an `npm` on the PATH may be a shell script, which not every system can spawn. */
function npm() {
  const beside = ['../../lib/node_modules', '../node_modules'].map((folder) =>
    join(process.execPath, folder, 'npm/bin/npm-cli.js'),
  );
  const found = [process.env.npm_execpath ?? '', ...beside].find(
    (path) => path.includes('npm-cli') && existsSync(path),
  );
  return found ?? fail('npm is not where Node is; install the packages with `npm ci`, then start again.');
}

function run(what, command, args, cwd = root) {
  process.stderr.write(`${what} …\n`);
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const saying = setInterval(() => process.stderr.write(`  … ${seconds()} s\n`), SAY_EVERY_MS);
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', (error) => fail(`${what} failed: ${error.message}`));
    child.once('exit', (code) => {
      clearInterval(saying);
      if (code !== 0) fail(`${what} failed; the lines above say why.`);
      process.stderr.write(`  done in ${seconds()} s\n`);
      resolve();
    });
  });
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
