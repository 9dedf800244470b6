let asked = false;

/**
 * Asks the browser, once, not to clear what is kept here when the disk runs short. Some put the question to the person:
 * so call it when there is something of theirs to be lost, never on opening a page.
 */
export function askToKeepStorage(): void {
  if (asked) return;
  asked = true;
  // Absent on plain-http addresses of a local network; refused, the copy is still there until the disk runs short.
  void globalThis.navigator?.storage?.persist().catch(() => undefined);
}
