import { Refusal, type RefusalBody } from '@syncline/protocol';
import { serveTasks } from '@syncline/runtime';
import { runTask, type Task } from './tasks.ts';

/** What the thread answers to each task: a refusal is an answer too. */
export type ThreadReply = { result: unknown } | { refusal: RefusalBody };

serveTasks<Task, ThreadReply>((task) => {
  try {
    return { result: runTask(task) };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.toBody() };
    throw error;
  }
});
