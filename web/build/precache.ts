import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, Rolldown } from 'vite';

/** What `src/offline/sw.ts` holds until the build knows its files. */
const FILES = '__PRECACHE_FILES__';
const VERSION = '__PRECACHE_VERSION__';

/**
 * Tells the service worker which files make the app, and a version that changes with any of them.
 * Fonts of other scripts than Latin and data that few plans need (emoji) are left to be cached when first used.
 */
export function precache(): Plugin {
  let root = '';
  return {
    name: 'syncline-precache',
    apply: 'build',
    enforce: 'post',
    configResolved: (config) => {
      root = config.root;
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle['sw.js'];
        if (worker?.type !== 'chunk') throw new Error('the build made no sw.js');
        const assets = Object.values(bundle).filter(isNeeded);
        const files = ['/', '/favicon.svg', ...assets.map(({ fileName }) => `/${fileName}`)].toSorted();
        const digest = createHash('sha256').update(files.join('\n'));
        digest.update(worker.code);
        for (const file of ['index.html', 'public/favicon.svg']) digest.update(readFileSync(join(root, file)));
        worker.code = worker.code
          .replaceAll(new RegExp(`["'\`]${FILES}["'\`]`, 'g'), JSON.stringify(JSON.stringify(files)))
          .replaceAll(VERSION, digest.digest('hex').slice(0, 12));
        if (worker.imports.length > 0)
          throw new Error('sw.js must stand alone, for browsers run it as a classic script');
      },
    },
  };
}

function isNeeded(output: Rolldown.OutputChunk | Rolldown.OutputAsset): boolean {
  const file = output.fileName;
  if (file === 'sw.js') return false;
  if (output.type === 'chunk' && output.moduleIds.some((id) => id.includes('emoji-mart'))) return false;
  return /\.(js|css|svg)$/.test(file) || /inter-latin-wght.*\.woff2$/.test(file);
}
