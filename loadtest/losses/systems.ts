import { randomUUID } from 'node:crypto';
import { type ServerScript, startNode } from '../processes.ts';

/** A system that the scenarios run against. */
export interface System {
  name: 'stock' | 'syncline';
  pod: ServerScript;
  /** Whether a pod's `--help` is run first, so that those after it find its TypeScript compiled. */
  compiles: boolean;
  /** Where on a pod its sockets are. */
  path: string;
  /** Whether a pod is connected to Redis. */
  connected(podUrl: string): Promise<boolean>;
  /** Whether a pod has stored what it will; nothing where what is acknowledged is stored. */
  settled?(podUrl: string): Promise<boolean>;
  /** Starts what else it takes to give commands. */
  startCommands(env: Record<string, string>): Promise<{ send: SendCommand; stop(): Promise<void> }>;
}

/**
 * A program's edit: it sets a key of a document's metadata.
 * @returns whether it was answered with success
 */
export type SendCommand = (command: {
  podUrl: string;
  document: string;
  key: string;
  /** The same for one that is sent again. */
  id?: string;
  /** Whether a stock pod stores and unloads the document before it answers. */
  unload: boolean;
}) => Promise<boolean>;

export const STOCK: System = {
  name: 'stock',
  pod: {
    script: 'loadtest/bench/peers/stock.ts',
    readyPath: '/status',
    // By default a request outlives ten seconds without Redis; giving up at once only makes the same losses come sooner.
    env: { REDIS_RETRIES: '1' },
  },
  compiles: false,
  path: '/',
  connected: async (podUrl) => (await stockStatus(podUrl)).redis,
  settled: async (podUrl) => (await stockStatus(podUrl)).documents === 0,
  // A stock cluster takes them in the pods, by direct connections.
  startCommands: async () => ({
    async send({ podUrl, document, key, unload }) {
      const query = new URLSearchParams({ document, key, ...(unload && { unload: '' }) });
      return (await fetch(`${podUrl}/command?${query}`, { method: 'POST' })).ok;
    },
    stop: async () => {},
  }),
};

export const SYNCLINE: System = {
  name: 'syncline',
  pod: {
    script: 'services/sync/src/main.ts',
    readyPath: '/readyz',
    env: { DRAIN_MS: '0' },
  },
  compiles: true,
  path: '/sync/',
  connected: async (podUrl) => ((await (await fetch(`${podUrl}/readyz`)).json()) as { redis: boolean }).redis,
  async startCommands({ DATABASE_URL = '', NATS_URL = '' }) {
    const gateway = await startNode({
      script: 'services/gateway/src/main.ts',
      readyPath: '/readyz',
      env: { DATABASE_URL, NATS_URL, ADMIN_PORT: '0' },
    });
    return {
      async send({ document, key, id = randomUUID() }) {
        const answer = await fetch(`http://127.0.0.1:${gateway.port}/v1/plans/${document.split(':')[1]}`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json', 'idempotency-key': id, 'x-agent': 'tester' },
          body: JSON.stringify({ [key]: 'x' }),
        });
        return answer.ok;
      },
      stop: () => gateway.stop(),
    };
  },
};

async function stockStatus(podUrl: string): Promise<{ redis: boolean; documents: number }> {
  return (await (await fetch(`${podUrl}/status`)).json()) as { redis: boolean; documents: number };
}
