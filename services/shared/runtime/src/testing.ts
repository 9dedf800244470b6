import { setTimeout as pause } from 'node:timers/promises';

/** Polls until `condition` holds. For tests. @throws when it does not within `deadlineMs` */
export async function until(condition: () => boolean | Promise<boolean>, deadlineMs = 30_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${condition.toString()}`);
    await pause(2);
  }
}
