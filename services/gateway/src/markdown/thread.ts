import { parentPort } from 'node:worker_threads';
import { Refusal, type RefusalBody } from '@syncline/protocol';
import { runTask, type Task } from './tasks.ts';

/** What the thread answers to each task, in order. */
export type ThreadReply = { result: unknown } | { refusal: RefusalBody } | { fault: string };

parentPort!.on('message', (task: Task) => parentPort!.postMessage(reply(task)));

function reply(task: Task): ThreadReply {
  try {
    return { result: runTask(task) };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.toBody() };
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
