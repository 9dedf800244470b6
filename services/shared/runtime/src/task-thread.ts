import { parentPort, Worker } from 'node:worker_threads';

export interface TaskThreadOptions {
  /** The thread's module; it calls {@link serveTasks}. */
  module: URL;
  /** How long one task may take, in milliseconds. */
  timeLimitMs: number;
  /** How much memory the thread may take, in MiB. */
  memoryMiB: number;
}

/** The task took more time or memory than it may; the thread went with it, and the next task gets a new one. */
export class TaskTooMuch extends Error {
  override name = 'TaskTooMuch';
}

type Reply<R> = { result: R } | { fault: string };

/**
 * Work that would hold up the process, on a thread of its own: one task after the other. The thread is started by the
 * first task and keeps no process alive. Tasks and results are copied.
 */
export class TaskThread<T, R> {
  readonly #options: TaskThreadOptions;
  #thread: Worker | null = null;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: TaskThreadOptions) {
    this.#options = options;
  }

  /** @throws TaskTooMuch, or an error with the thread's own words */
  run(task: T): Promise<R> {
    const turn = this.#tail.then(() => this.#run(task));
    // The next in line does not mind.
    this.#tail = turn.catch(() => {});
    return turn;
  }

  /** Waits for the tasks that are under way. */
  async close(): Promise<void> {
    await this.#tail;
    await this.#end();
  }

  async #run(task: T): Promise<R> {
    const thread = (this.#thread ??= this.#start());
    try {
      return await this.#ask(thread, task);
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  #ask(thread: Worker, task: T): Promise<R> {
    const { timeLimitMs } = this.#options;
    return new Promise((resolve, reject) => {
      const slow = setTimeout(() => failed(new TaskTooMuch(`it took more than ${timeLimitMs} ms`)), timeLimitMs);
      const settle = () => {
        clearTimeout(slow);
        thread.off('message', replied).off('error', failed);
      };
      const replied = (reply: Reply<R>) => {
        settle();
        if ('result' in reply) resolve(reply.result);
        else reject(new Error(reply.fault));
      };
      const failed = (error: Error & { code?: string }) => {
        settle();
        reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new TaskTooMuch(error.message) : error);
      };
      thread.on('message', replied).on('error', failed);
      thread.postMessage(task);
    });
  }

  #start(): Worker {
    const { module, memoryMiB } = this.#options;
    const thread = new Worker(module, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: memoryMiB } });
    thread.unref();
    // One that dies between two tasks is replaced.
    thread.on('error', () => {
      if (this.#thread === thread) this.#thread = null;
    });
    return thread;
  }

  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
  }
}

/** The thread's side: answers each task by `work`. */
export function serveTasks<T, R>(work: (task: T) => R): void {
  parentPort!.on('message', (task: T) => parentPort!.postMessage(answer(work, task)));
}

function answer<T, R>(work: (task: T) => R, task: T): Reply<R> {
  try {
    return { result: work(task) };
  } catch (error) {
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
