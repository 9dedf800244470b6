import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '../../.ci/redis.ts';
import type { TestServer } from '../../.ci/server.ts';
import { until } from '@syncline/runtime/testing';
import { runToEnd, type ServerProcess, startNode } from '../processes.ts';
import { startServers } from '../servers.ts';
import { Client } from './client.ts';
import { type Link, openLink } from './link.ts';
import { ends } from './scenario.ts';
import type { SendCommand, System } from './systems.ts';

/** A pod as a process, with a way to Postgres of its own. */
export interface Pod extends ServerProcess {
  url: string;
  link: Link;
}

/** Pods on one Postgres, with a Redis of their own; what every scenario is written against. */
export interface Cluster {
  startPod(): Promise<Pod>;
  redis: TestServer;
  /** A document that nobody has written to. */
  document: string;
  /** A person opens the document, or another one. Does not wait for it. */
  join(pod: Pod, document?: string): Client;
  /** {@link join}, and the document is there. */
  open(pod: Pod, document?: string): Promise<Client>;
  command: SendCommand;
  /** Redis is back, and the pods have found it. */
  reconnected(...pods: Pod[]): Promise<void>;
  /** The pods have stored what they will. */
  settled(...pods: Pod[]): Promise<void>;
  /** Which of these edits a pod that has just come does not show: they are lost. */
  missing(keys: string[]): Promise<string[]>;
}

/** What all clusters of a system share, and a pod that is in none of them and shows what is stored. */
export interface Ground {
  system: System;
  env: Record<string, string>;
  command: SendCommand;
  reader: ServerProcess;
}

/** Starts what the clusters of these systems share. */
export async function openGrounds(systems: System[]) {
  const servers = await startServers();
  const compiled = await mkdtemp(join(tmpdir(), 'syncline-losses-'));
  const cleanups: (() => Promise<void>)[] = [
    () => rm(compiled, { recursive: true, force: true }),
    () => servers.stop(),
  ];
  const close = async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  };
  const open = async (system: System): Promise<Ground> => {
    const env = { ...system.pod.env, ...servers.env[system.name], NODE_COMPILE_CACHE: compiled };
    if (system.compiles) await runToEnd(system.pod.script, env, ['--help']);
    const reader = await startNode({ ...system.pod, env });
    cleanups.push(() => reader.stop());
    const commands = await system.startCommands(env);
    cleanups.push(() => commands.stop());
    return { system, env, command: commands.send, reader };
  };
  try {
    const grounds = new Map<System, Ground>();
    for (const system of systems) grounds.set(system, await open(system));
    return { of: (system: System) => grounds.get(system)!, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs `work` on a cluster of its own, of which nothing is left afterwards. */
export async function withCluster<T>(
  { system, env, command, reader }: Ground,
  podEnv: Record<string, string>,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const cleanups: (() => unknown)[] = [];
  try {
    const redis = await startRedis();
    cleanups.push(() => redis.stop());
    const document = `plan:${randomUUID()}`;

    const enter = (at: { port: number }, name = document) => {
      const client = new Client(`ws://127.0.0.1:${at.port}${system.path}`, name);
      cleanups.push(() => client.leave());
      return client;
    };
    const open = async (at: { port: number }, name = document) => {
      const client = enter(at, name);
      await client.synced();
      return client;
    };

    return await work({
      async startPod() {
        const link = await openLink(env['DATABASE_URL']!);
        cleanups.push(() => link.close());
        const own = { DATABASE_URL: link.url, REDIS_URL: redis.url };
        const pod = await startNode({ ...system.pod, env: { ...env, ...podEnv, ...own } });
        cleanups.push(() => pod.kill());
        return { ...pod, link, url: `http://127.0.0.1:${pod.port}` };
      },
      redis,
      document,
      join: enter,
      open,
      command,
      reconnected: (...pods) => each(pods, (pod) => system.connected(pod.url)),
      // A stock pod that an error has ended stores nothing more.
      settled: (...pods) =>
        each(pods, async (pod) => {
          try {
            return (await system.settled?.(pod.url)) ?? true;
          } catch (error) {
            if (await ends(pod.exited, 5_000)) return true;
            throw error;
          }
        }),
      async missing(keys) {
        const fresh = await open(reader);
        const missing = keys.filter((key) => !fresh.has(key));
        fresh.leave();
        return missing;
      },
    });
  } finally {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  }
}

async function each(pods: Pod[], holds: (pod: Pod) => Promise<boolean>): Promise<void> {
  await Promise.all(pods.map((pod) => until(() => holds(pod), 60_000)));
}
