import { expect, it } from 'vitest';
import { createGuard } from './guard.ts';

const BEYOND_MS = 1_500;

it('[M15] counts how long the thread works on a text, not how long it is kept from it', () => {
  const held = createGuard('A text.');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BEYOND_MS);
  expect(() => goOn(held)).not.toThrow();

  const busy = createGuard('A text.');
  const { user } = process.threadCpuUsage();
  while (process.threadCpuUsage().user - user < BEYOND_MS * 1_000);
  expect(() => goOn(busy)).toThrow('takes too long');
});

/** As the reader does at each block. */
function goOn({ document }: ReturnType<typeof createGuard>): void {
  const never = () => undefined;
  document.null.tokenize.call({}, { enter: never, exit: never, consume: never }, never, never)(null);
}
