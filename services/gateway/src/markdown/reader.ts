import { Refusal } from '@syncline/protocol';
import { TaskThread, TaskTooMuch } from '@syncline/runtime';
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
  readonly #thread: TaskThread<Task, ThreadReply>;
  #waiting = 0;

  constructor(limits: ReaderLimits = {}) {
    this.#limits = { smallCharacters: 4000, timeLimitMs: 5000, maxWaiting: 32, memoryMiB: 512, ...limits };
    this.#thread = new TaskThread({ module: new URL('thread.ts', import.meta.url), ...this.#limits });
  }

  /** @throws Refusal when the Markdown cannot be read, or not in time; `too_many` when too much is waiting */
  async read<T extends Task>(task: T): Promise<TaskResult<T>> {
    if (sizeOf(task) <= this.#limits.smallCharacters) return runTask(task);
    if (this.#waiting >= this.#limits.maxWaiting)
      throw new Refusal('too_many', 'Too many long texts are waiting to be read. Nothing was changed; send it again.');
    this.#waiting++;
    try {
      const reply = await this.#thread.run(task);
      if ('refusal' in reply) throw Refusal.fromBody(reply.refusal);
      return reply.result as TaskResult<T>;
    } catch (error) {
      throw error instanceof TaskTooMuch
        ? new Refusal('too_large', 'The Markdown is too much to read at once. Nothing was changed; send it in parts.')
        : error;
    } finally {
      this.#waiting--;
    }
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
