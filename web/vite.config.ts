import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precache } from './build/precache.ts';

const server = 'http://localhost:8080';

export default defineConfig({
  plugins: [react(), precache()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    rolldownOptions: {
      input: { app: 'index.html', sw: 'src/offline/sw.ts' },
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
      treeshake: {
        // Both only declare; without this, one constant of theirs would bring zod along.
        moduleSideEffects: [
          { test: /services\/shared\/(protocol|model)\//, sideEffects: false },
          { test: /node_modules\/zod\//, sideEffects: false },
        ],
      },
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
