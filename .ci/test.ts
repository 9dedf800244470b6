// `npm test`: starts what the tests need, runs all of them, and ends with one line that counts them.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './chromium.ts';
import { startNats } from './nats.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  success: boolean;
}

const folder = await mkdtemp(join(tmpdir(), 'syncline-test-'));
const servers = await Promise.all([startPostgres(), startRedis(), startNats()]);
const [postgres, redis, nats] = servers;
try {
  const report = join(folder, 'report.json');
  const code = await vitest(['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
  const counts = JSON.parse(await readFile(report, 'utf8')) as Report;
  const skipped = counts.numPendingTests + counts.numTodoTests;
  // A failure outside of any test, such as a file that cannot be loaded, counts as one.
  const failed = Math.max(counts.numFailedTests, code === 0 && counts.success ? 0 : 1);
  process.stdout.write(`\n${counts.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`);
  process.exitCode = failed || skipped ? 1 : 0;
} finally {
  await Promise.all(servers.map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
}

function vitest(args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...args, ...process.argv.slice(2)], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        TEST_DATABASE_URL: postgres.url,
        TEST_REDIS_URL: redis.url,
        TEST_NATS_URL: nats.url,
        TEST_CHROMIUM: findChromium(),
      },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
