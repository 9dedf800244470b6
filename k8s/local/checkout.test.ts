import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { checkOut } from '../../.ci/checkout.ts';

const run = promisify(execFile);
const SERVICES = ['sync', 'gateway', 'standalone'];

it('code that is taken from the history runs on its own packages of ours', async () => {
  const { folder, remove } = await checkOut('HEAD');
  try {
    const own = await realpath(folder);
    for (const service of SERVICES) {
      const loaded = await ourModules(`${folder}/services/${service}/src/main.ts`);
      expect(loaded.length).toBeGreaterThan(50);
      expect(loaded.filter((path) => !path.startsWith(`${own}/`))).toEqual([]);
      expect(loaded.some((path) => path.startsWith(`${own}/services/shared/protocol/`))).toBe(true);
    }
  } finally {
    await remove();
  }
});

it('a commit that this clone does not have is told in a sentence', async () => {
  await expect(checkOut('0'.repeat(40))).rejects.toThrow('bring its whole history by `git fetch --unshallow`');
});

/** The files of TypeScript that a process has loaded by the time it says how it is called. */
async function ourModules(main: string): Promise<string[]> {
  const { stderr } = await run(process.execPath, [main, '--help'], {
    env: { ...process.env, NODE_DEBUG: 'esm' },
    maxBuffer: 100_000_000,
  });
  const urls = new Set(stderr.match(/file:\/\/[^\s'"]+\.ts/g));
  return [...urls].map((url) => fileURLToPath(url));
}
