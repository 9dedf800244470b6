/**
 * What the package asks of the page around it. In Node, in a worker or while a page is made on a server there is none:
 * then nothing is heard, and nothing kept.
 */

/** Hears an event of the window. */
export function onWindow<K extends keyof WindowEventMap>(
  type: K,
  listener: (event: WindowEventMap[K]) => void,
  signal: AbortSignal,
): void {
  globalThis.window?.addEventListener(type, listener, { signal });
}

/** Hears that the page is shown or hidden. */
export function onVisibility(listener: (state: DocumentVisibilityState) => void, signal: AbortSignal): void {
  globalThis.document?.addEventListener('visibilitychange', () => listener(document.visibilityState), { signal });
}

/** Whether the browser itself says that there is no network. */
export function isBrowserOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}

/** Null where nothing is kept. */
export function localStore(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    // Forbidden by the browser.
    return null;
  }
}
