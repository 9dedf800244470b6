import { createPostgres } from '@syncline/journal';
import { type ClusterServers, startClusterServers, stopClusterServers } from '../../k8s/local/cluster.ts';
import { createFirstKey } from '../../k8s/local/first-key.ts';
import { Faults, type Round } from './faults.ts';
import { PROCESS_KINDS, type VictimKind } from './victims.ts';

/** How everybody is let in. */
export const MODES = ['open', 'keys'] as const;
export type Mode = (typeof MODES)[number];

/** The same in both, as a copy has them: secrets that differ would hide what crosses. */
const SECRETS = {
  KEY_PEPPER: 'the-pepper-of-the-keys-'.repeat(2),
  TOKEN_SECRET: 'the-secret-of-the-tokens-'.repeat(2),
};
/** The servers are killed by one of the two, for both. */
const KINDS: Record<string, readonly VictimKind[]> = {
  a: PROCESS_KINDS,
  b: ['pod', 'gateway'],
};

/**
 * Two installations on one Postgres, Redis and NATS, with the same documents in the same workspace, under faults at once.
 * What is seen in one of what was written in the other is a violation.
 */
export class Neighbours {
  readonly all: Faults[];
  readonly #servers: ClusterServers;

  private constructor(servers: ClusterServers, all: Faults[]) {
    this.#servers = servers;
    this.all = all;
  }

  static async start({ seed, mode }: { seed: number; mode: Mode }): Promise<Neighbours> {
    const servers = await startClusterServers();
    const env: Record<string, string> = mode === 'keys' ? { AUTH_MODE: 'keys', ...SECRETS } : {};
    const start = async (installation: string) => {
      await createDatabase(servers, installation);
      return Faults.start({
        seed,
        kinds: KINDS[installation]!,
        installation,
        cluster: { env, beside: { servers, database: installation } },
        ...(mode === 'keys' && {
          credentials: async ({ databaseUrl }) => {
            const key = await createFirstKey('gateway', { ...SECRETS, DATABASE_URL: databaseUrl });
            return { token: key, headers: { authorization: `Bearer ${key}` } };
          },
        }),
      });
    };
    return new Neighbours(servers, [await start('a'), await start('b')]);
  }

  round(): Promise<Round[]> {
    return Promise.all(this.all.map((faults) => faults.round()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((faults) => faults.stop()));
    await stopClusterServers(this.#servers);
  }
}

async function createDatabase({ postgres }: ClusterServers, name: string): Promise<void> {
  const db = createPostgres({ url: postgres.url, connections: 1, onError: () => {} });
  await db.query(`CREATE DATABASE ${name}`);
  await db.close();
}
