import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../.ci/server.ts';

const MAIN = fileURLToPath(new URL('../../services/standalone/src/main.ts', import.meta.url));
const CREATE_KEY = fileURLToPath(new URL('../../services/standalone/src/create-key.ts', import.meta.url));
/** With these the system lets in only who has a key, a token or a link. */
export const KEYS_MODE = { AUTH_MODE: 'keys', KEY_PEPPER: 'pepper-'.repeat(6), TOKEN_SECRET: 'secret-'.repeat(6) };
const STARTING_PATIENCE_MS = 180_000;

/** The whole system in one process of its own, which can be stopped and started again on the same documents. */
export class System {
  readonly url: string;
  /** In keys mode an admin's API key. */
  key: string | null = null;
  readonly #port: number;
  readonly #folder: string;
  readonly #settings: Record<string, string>;
  #process: ChildProcess | null = null;

  private constructor(port: number, folder: string, settings: Record<string, string>) {
    this.#port = port;
    this.#folder = folder;
    this.#settings = settings;
    this.url = `http://localhost:${port}`;
  }

  /** @param settings beside those that every test needs */
  static async start(settings: Record<string, string> = {}): Promise<System> {
    const system = new System(await freePort(), await mkdtemp(join(tmpdir(), 'syncline-e2e-')), settings);
    // Before it runs, for the documents' folder is one process's at a time.
    if (settings['AUTH_MODE'] === 'keys') system.key = await system.#createKey();
    await system.start();
    return system;
  }

  async start(): Promise<void> {
    this.#process = spawn(process.execPath, [MAIN], { env: this.#env(), stdio: ['ignore', 'ignore', 'inherit'] });
    const deadline = Date.now() + STARTING_PATIENCE_MS;
    while (!(await this.#isReady())) {
      if (Date.now() > deadline || this.#process.exitCode !== null) {
        // One that is left behind keeps the tests from ending.
        this.#process.kill('SIGKILL');
        throw new Error('the system did not start');
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  stop(): Promise<void> {
    return this.#signal('SIGTERM');
  }

  /** Ends it in the middle of whatever it does. */
  kill(): Promise<void> {
    return this.#signal('SIGKILL');
  }

  async end(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Calls REST as an agent. */
  async agent<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/v1${path}`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(this.key === null ? { 'X-Agent': 'Planner' } : { Authorization: `Bearer ${this.key}` }),
      },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer as T;
  }

  async createPlan(plan: NewPlan): Promise<string> {
    const { document } = await this.agent<{ document: string }>('POST', '/documents', { kind: 'plan', ...plan });
    return document.slice('plan:'.length);
  }

  readPlan(id: string): Promise<ReadPlan> {
    return this.agent<ReadPlan>('GET', `/documents/plan:${id}?format=json`);
  }

  replaceText(id: string, old_text: string, new_text: string): Promise<unknown> {
    return this.agent('POST', `/documents/plan:${id}/edits`, { edits: [{ op: 'replace_text', old_text, new_text }] });
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    const stopping = this.#process;
    this.#process = null;
    if (!stopping || stopping.exitCode !== null) return;
    const ended = once(stopping, 'exit');
    stopping.kill(signal);
    await ended;
  }

  #env(): Record<string, string> {
    const own = { PORT: String(this.#port), ADMIN_PORT: '0', DATA_DIR: this.#folder, LOG_LEVEL: 'error' };
    return { ...own, ...this.#settings };
  }

  async #createKey(): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [CREATE_KEY, '--name', 'Planner'], {
      env: this.#env(),
    });
    return stdout.trim();
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
  }
}

export interface NewPlan {
  title: string;
  steps?: { title: string; done?: boolean; assignee?: string; note?: string }[];
  markdown?: string;
}

export interface ReadPlan {
  title: string;
  status: string;
  steps: { id: string; title: string; done: boolean }[];
  blocks: { type: string; content: { text: string }[] }[];
}

/** The plan's text, a line for each block. */
export function textOf(plan: ReadPlan): string {
  return plan.blocks.map(({ content }) => content.map(({ text }) => text).join('')).join('\n');
}
