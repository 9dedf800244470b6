import { TaskThread } from '@syncline/runtime';
import type { Merged, MergeTask } from './merge.ts';

/** The thread on which a process merges rows into snapshots; a very large document may take its time. */
export function createMergeThread(): TaskThread<MergeTask, Merged> {
  return new TaskThread({ module: new URL('merge-thread.ts', import.meta.url), timeLimitMs: 60_000, memoryMiB: 1024 });
}
