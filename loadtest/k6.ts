import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './processes.ts';

const INSTALL =
  'There is no k6: install it with "go install go.k6.io/k6/v2@v2.2.0", or put its program k6 on the PATH.';

export interface K6Run {
  /** A file of `scenarios/`, without its ending. */
  scenario: string;
  /** What the scenario reads from `__ENV`. */
  env: Record<string, string>;
  /** Ends it by force. */
  deadlineMs: number;
  /** Whether k6's own summary is shown. */
  quiet?: boolean;
}

/**
 * Bundles a scenario, because k6 finds no packages, and runs it. Reports go to `loadtest/reports/`.
 * @returns k6's exit code: 99 when a threshold failed
 * @throws Error with one sentence when there is no k6
 */
export async function runK6({ scenario, env, deadlineMs, quiet = false }: K6Run): Promise<number> {
  const k6 = findK6();
  const reports = join(ROOT, 'loadtest', 'reports');
  mkdirSync(reports, { recursive: true });
  const bundle = join(reports, `${scenario}.bundle.js`);
  await build({
    entryPoints: [join(ROOT, 'loadtest', 'scenarios', `${scenario}.ts`)],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: ['k6', 'k6/*'],
    logLevel: 'warning',
  });
  const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const summary = join(reports, `${scenario}.json`);
  // A run that ends early must not be judged by the report of the one before.
  rmSync(summary, { force: true });
  const child = spawn(k6, ['run', ...variables, '--summary-export', summary, bundle], {
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', quiet ? 'ignore' : 'inherit'],
    env: {
      ...process.env,
      K6_NO_USAGE_REPORT: 'true',
      K6_AUTO_EXTENSION_RESOLUTION: 'false',
      K6_WEB_DASHBOARD: 'true',
      K6_WEB_DASHBOARD_PORT: '-1',
      K6_WEB_DASHBOARD_EXPORT: join(reports, `${scenario}.html`),
      K6_WEB_DASHBOARD_PERIOD: '1s',
    },
  });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const deadline = setTimeout(endWithUs, deadlineMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(deadline);
      process.off('exit', endWithUs);
      resolve(code ?? 1);
    });
  });
}

function findK6(): string {
  const { PATH = '' } = process.env;
  const folders = [...PATH.split(delimiter), join(goPath(), 'bin')];
  const found = folders.map((folder) => join(folder, 'k6')).find(executable);
  if (!found) throw new Error(INSTALL);
  return found;
}

function goPath(): string {
  try {
    return execFileSync('go', ['env', 'GOPATH'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return join(homedir(), 'go'); // Go's own default, where there is no Go any more
  }
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
