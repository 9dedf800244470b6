import { defineConfig } from 'vitest/config';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Postgres server that `.ci/test.ts` started. */
    databaseUrl: string;
    /** The Redis server that it started. */
    redisUrl: string;
    /** The NATS server that it started. */
    natsUrl: string;
    /** The Chromium that it found. */
    chromium: string;
  }
}

/**
 * `unit` needs nothing; `servers` and `waiting` need what `.ci/test.ts` starts: Postgres, Redis, NATS, a built web app,
 * Chromium. Tests that kill servers and count what they do have the machine to themselves; those that wait most of
 * the time, as for a browser, do so two at a time.
 */
const servers = ['**/*.{pg,redis,nats,e2e}.test.ts'];
const waiting = ['{web/e2e,services/standalone/test}/**/*.{pg,redis,nats,e2e}.test.ts'];
const withServers = {
  provide: {
    databaseUrl: process.env['TEST_DATABASE_URL'] ?? '',
    redisUrl: process.env['TEST_REDIS_URL'] ?? '',
    natsUrl: process.env['TEST_NATS_URL'] ?? '',
    chromium: process.env['TEST_CHROMIUM'] ?? '',
  },
  testTimeout: 240_000,
  hookTimeout: 120_000,
};

/** Of `@syncline/client` its source, not what was built of it to be published. */
const conditions = ['syncline-source'];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'unit',
          include: [
            '.ci/*.test.ts',
            'services/**/*.test.ts',
            'web/**/*.test.ts',
            'loadtest/**/*.test.ts',
            'k8s/**/*.test.ts',
          ],
          exclude: [...servers, '**/node_modules/**'],
          // On a busy machine PGlite alone takes seconds to start; a test states its promises' bounds itself.
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...withServers,
          name: 'servers',
          include: servers,
          exclude: [...waiting, '**/node_modules/**'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'waiting',
          include: waiting,
          exclude: ['**/node_modules/**'],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
