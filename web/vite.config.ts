import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { compress } from './build/compress.ts';
import { precache } from './build/precache.ts';

const server = 'http://localhost:8080';

export default defineConfig({
  plugins: [react(), precache(), compress()],
  // Of `@syncline/client` its source, not what was built of it to be published.
  resolve: { conditions: ['syncline-source', ...defaultClientConditions] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // Every browser of that target preloads modules by itself.
    modulePreload: { polyfill: false },
    // The editor and its schema are one part of 700 kB. What a plan may weigh is checked in e2e/budget.e2e.test.ts.
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      input: { app: 'index.html', sw: 'src/offline/sw.ts' },
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: {
    proxy: {
      '/v1': server,
      '/mcp': server,
      '/sync': { target: server, ws: true },
    },
  },
});
