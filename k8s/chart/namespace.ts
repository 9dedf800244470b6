import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '@syncline/runtime/testing';
import { freePort } from '../../.ci/server.ts';
import { ROOT } from './render.ts';

export interface Pod {
  name: string;
  uid: string;
  component: string;
  phase: string;
  ready: boolean;
  /** How often its containers were started again. */
  restarts: number;
}

interface PodList {
  items: {
    metadata: { name: string; uid: string; labels?: Record<string, string> };
    status: {
      phase: string;
      conditions?: { type: string; status: string }[];
      containerStatuses?: { restartCount: number }[];
      initContainerStatuses?: { restartCount: number }[];
    };
  }[];
}

/** One namespace of the cluster that the machine's `kubectl` and `helm` lead to. */
export class Namespace {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** @returns what it prints @throws Error with all that it said */
  kubectl(...args: string[]): Promise<string> {
    return run('kubectl', ['--namespace', this.name, ...args]);
  }

  helm(...args: string[]): Promise<string> {
    return run('helm', ['--namespace', this.name, ...args]);
  }

  async pods(): Promise<Pod[]> {
    const { items } = JSON.parse(await this.kubectl('get', 'pods', '--output', 'json')) as PodList;
    return items.map(({ metadata, status }) => ({
      name: metadata.name,
      uid: metadata.uid,
      component: metadata.labels?.['app.kubernetes.io/component'] ?? '',
      phase: status.phase,
      ready: status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
      restarts: [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].reduce(
        (sum, { restartCount }) => sum + restartCount,
        0,
      ),
    }));
  }

  /** Resolves when a pod of this name other than `uid` is ready, at that moment. @throws when `signal` is aborted before */
  async replaced(name: string, uid: string, signal: AbortSignal): Promise<void> {
    const columns = 'jsonpath={.metadata.uid} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}';
    const args = ['--namespace', this.name, 'get', 'pods', '--field-selector', `metadata.name=${name}`, '--watch'];
    const watch = spawn('kubectl', [...args, '--output', columns], { stdio: ['ignore', 'pipe', 'inherit'] });
    const end = () => watch.kill();
    signal.addEventListener('abort', end);
    try {
      for await (const line of createInterface(watch.stdout)) {
        const [seen, ready] = line.split(' ');
        if (seen !== uid && ready === 'True') return;
      }
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
    throw new Error(`the watch for ${name} ended`);
  }

  /** Leads a port of this machine to a pod's, again and again, until it is told to stop. */
  async forward(pod: string, port: number): Promise<{ url: string; stop: () => Promise<void> }> {
    const local = await freePort();
    const args = ['--namespace', this.name, 'port-forward', '--address', '127.0.0.1', `pod/${pod}`];
    const start = () => spawn('kubectl', [...args, `${local}:${port}`], { stdio: ['ignore', 'ignore', 'ignore'] });
    let [child, stopped] = [start(), false];
    const kept = (async () => {
      for (;;) {
        // It ends with its pod, and sometimes with one of its connections.
        await once(child, 'exit');
        if (stopped) return;
        await pause(100);
        child = start();
      }
    })();
    const url = `http://127.0.0.1:${local}`;
    await until(() => answers(`${url}/readyz`), 60_000);
    return {
      url,
      stop: () => {
        stopped = true;
        child.kill();
        return kept;
      },
    };
  }
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function run(command: string, args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 'ENOENT')
      throw new Error(`There is no ${command} on the PATH: install it, and let it lead to a cluster.`, {
        cause: error,
      });
    throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}:\n${stdout}${stderr}`, { cause: error });
  }
}
