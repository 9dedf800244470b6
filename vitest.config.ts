import { defineConfig } from 'vitest/config';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Postgres server that `.ci/test.ts` started. */
    databaseUrl: string;
    /** The Chromium that it found. */
    chromium: string;
  }
}

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
          provide: {
            databaseUrl: process.env['TEST_DATABASE_URL'] ?? '',
            chromium: process.env['TEST_CHROMIUM'] ?? '',
          },
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
