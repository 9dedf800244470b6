import { Worker } from 'node:worker_threads';
import { Refusal } from '@syncline/protocol';
import { runTask, sizeOf, type Task, type TaskResult } from './tasks.ts';
import type { ThreadReply } from './thread.ts';

export interface ReaderLimits {
  /** Up to so many characters are read on the main thread, where they take at most some 100 ms. Default 4,000. */
  smallCharacters?: number;
  /** How long one task may take on the thread, in milliseconds. Default 5,000. */
  timeLimitMs?: number;
  /** How many tasks may wait for the thread. Default 32. */
  maxWaiting?: number;
  /** How much memory the thread may take, in MiB. Default 512. */
  memoryMiB?: number;
}

/**
 * Reads Markdown without ever holding up the process: parsing takes up to 20 ms a kilobyte, and hostile texts more than
 * linear time (700 KB of one-letter paragraphs: 25 s). So what is not small is read on a thread of its own, one task
 * after the other, and a task that takes too long ends with the thread.
 */
export class MarkdownReader {
  readonly #limits: Required<ReaderLimits>;
  #thread: Worker | null = null;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(limits: ReaderLimits = {}) {
    this.#limits = { smallCharacters: 4000, timeLimitMs: 5000, maxWaiting: 32, memoryMiB: 512, ...limits };
  }

  /** @throws Refusal when the Markdown cannot be read, or not in time; `too_many` when too much is waiting */
  async read<T extends Task>(task: T): Promise<TaskResult<T>> {
    if (sizeOf(task) <= this.#limits.smallCharacters) return runTask(task);
    if (this.#waiting >= this.#limits.maxWaiting)
      throw new Refusal('too_many', 'Too many long texts are waiting to be read. Nothing was changed; send it again.');
    this.#waiting++;
    const turn = this.#tail.then(() => this.#readOnThread(task)).finally(() => this.#waiting--);
    this.#tail = turn.catch(() => {}); // the next in line does not mind
    return turn as Promise<TaskResult<T>>;
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#end();
  }

  async #readOnThread(task: Task): Promise<unknown> {
    const thread = (this.#thread ??= this.#start());
    const reply = await new Promise<ThreadReply>((resolve) => {
      const slow = setTimeout(() => done(TOO_MUCH), this.#limits.timeLimitMs);
      const fail = (error: Error & { code?: string }) =>
        done(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? TOO_MUCH : { fault: error.stack ?? error.message });
      const done = (reply: ThreadReply) => {
        clearTimeout(slow);
        thread.off('message', done).off('error', fail);
        resolve(reply);
      };
      thread.on('message', done).on('error', fail);
      thread.postMessage(task);
    });
    if ('result' in reply) return reply.result;
    if (reply === TOO_MUCH || 'fault' in reply) await this.#end();
    throw 'refusal' in reply ? Refusal.fromBody(reply.refusal) : new Error(reply.fault);
  }

  #start(): Worker {
    const thread = new Worker(new URL('thread.ts', import.meta.url), {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.memoryMiB },
    });
    thread.unref();
    // One that dies between two tasks, or too late to be heard, is replaced.
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

const TOO_MUCH: ThreadReply = {
  refusal: {
    code: 'too_large',
    detail: 'The Markdown is too much to read at once. Nothing was changed; send it in parts.',
    extra: {},
  },
};
