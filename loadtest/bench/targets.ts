import { type ServerProcess, type ServerScript, startNode } from '../processes.ts';
import type { Servers } from '../servers.ts';

/** What is measured, as processes that run. */
export interface Target {
  urls: [string, string];
  keeps: boolean;
  /** Where it keeps them; null where it does not. */
  databaseUrl: string | null;
  pids: number[];
  stop(): Promise<void>;
}

export type TargetName = 'stock' | 'relay' | 'syncline';

/** Starts a target on servers that all targets share. */
export const TARGETS: Record<TargetName, (servers: Servers, nodeArgs?: string[]) => Promise<Target>> = {
  stock: ({ env }, nodeArgs = []) =>
    startTwo({ script: 'loadtest/bench/peers/stock.ts', env: env.stock, readyPath: '/', nodeArgs }, '/'),

  async relay(_servers, nodeArgs = []) {
    const pod = await startNode({ script: 'loadtest/bench/peers/relay.ts', env: {}, readyPath: '/', nodeArgs });
    const url = `ws://127.0.0.1:${pod.port}/`;
    return { urls: [url, url], keeps: false, databaseUrl: null, pids: [pod.pid], stop: () => pod.stop() };
  },

  syncline: ({ env }, nodeArgs = []) =>
    startTwo({ script: 'services/sync/src/main.ts', env: env.syncline, readyPath: '/readyz', nodeArgs }, '/sync/'),
};

async function startTwo(script: ServerScript, path: string): Promise<Target> {
  const pods: ServerProcess[] = [await startNode(script)];
  try {
    pods.push(await startNode(script));
  } catch (error) {
    pods[0]!.kill();
    throw error;
  }
  const [a, b] = pods.map((pod) => `ws://127.0.0.1:${pod.port}${path}`) as [string, string];
  return {
    urls: [a, b],
    keeps: true,
    databaseUrl: script.env['DATABASE_URL'] ?? null,
    pids: pods.map((pod) => pod.pid),
    async stop() {
      await Promise.all(pods.map((pod) => pod.stop()));
    },
  };
}
