import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './processes.ts';

/** The commit that is measured, and whether the services differ from it. */
export function measuredCommit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'services') ? ' with changes' : '';
  return git('rev-parse', '--short', 'HEAD') + changed;
}

/** Puts a table into RESULTS.md. It stands between two marks; what people have written around it stays. */
export function writeTable(mark: string, text: string): void {
  const path = join(ROOT, 'loadtest', 'RESULTS.md');
  const [before, rest = ''] = readFileSync(path, 'utf8').split(`<!-- ${mark} -->\n`);
  const after = rest.split(`<!-- /${mark} -->\n`)[1] ?? '';
  writeFileSync(path, `${before}<!-- ${mark} -->\n\n${text}\n\n<!-- /${mark} -->\n${after}`);
}

/** Adds a run to those that `<name>/totals.json` keeps, and puts what they all come to into RESULTS.md. */
export function addRun<R>(name: string, own: R, report: (runs: readonly R[]) => string): void {
  const totals = join('loadtest', name, 'totals.json');
  const { runs } = JSON.parse(readFileSync(join(ROOT, totals), 'utf8')) as { runs: R[] };
  runs.push(own);
  writeFileSync(join(ROOT, totals), JSON.stringify({ runs }));
  writeTable(name, report(runs));
  execFileSync(process.execPath, ['node_modules/oxfmt/bin/oxfmt', totals, 'loadtest/RESULTS.md'], { cwd: ROOT });
}
