import { defineConfig } from 'vitest/config';

/** `unit` needs nothing; `servers` needs what `.ci/test.ts` starts: Postgres, a built web app, Chromium. */
const servers = ['**/*.pg.test.ts', '**/*.e2e.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['services/**/*.test.ts', 'web/**/*.test.ts'],
          exclude: [...servers, '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'servers',
          include: servers.map((pattern) => pattern),
          exclude: ['**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
