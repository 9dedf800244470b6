import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const COMPRESSIBLE = /^assets\/.*\.(js|css|svg)$/;
/** Below this a smaller file arrives no sooner. */
const WORTH_BYTES = 1000;

/** Writes each asset also as `.br` and `.gz`, which the gateway sends as they are. */
export function compress(): Plugin {
  return {
    name: 'syncline-compress',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const files = Object.keys(bundle).filter((file) => COMPRESSIBLE.test(file));
      await Promise.all(files.map((file) => compressFile(join(dir!, file))));
    },
  };
}

async function compressFile(path: string): Promise<void> {
  const content = await readFile(path);
  if (content.length < WORTH_BYTES) return;
  const [br, gz] = await Promise.all([promisify(brotliCompress)(content), promisify(gzip)(content)]);
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
}
