export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Polls until the condition holds. @returns whether it did in time */
export async function within(deadlineMs: number, condition: () => boolean, everyMs = 20): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await pause(everyMs);
  }
  return true;
}
