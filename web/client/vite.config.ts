import { defineConfig } from 'vite';

/** What a page must have once, whoever brings it. */
const PEERS = [/^yjs$/, /^y-protocols\//, /^lib0\//, /^@hocuspocus\/provider$/, /^react(\/.*)?$/];

/** The package as it is published: what it shares with the cluster's processes is built in. */
export default defineConfig({
  build: {
    target: 'es2023',
    minify: false,
    lib: {
      entry: { index: 'src/index.ts', react: 'src/react/index.ts' },
      formats: ['es'],
    },
    rolldownOptions: { external: PEERS },
  },
});
