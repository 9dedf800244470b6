/** A newer version that takes longer to come is left to the next time. */
const FETCHING_PATIENCE_MS = 10_000;

/**
 * Lets the browser keep the app. A new version is looked for whenever the page is shown again, and a part that a newer
 * deployment has removed is got by loading the page anew.
 */
export function keepAppOffline(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const lastReload = Number(sessionStorage.getItem('reloaded-for-part') ?? 0);
    if (Date.now() - lastReload < 60_000) return;
    sessionStorage.setItem('reloaded-for-part', String(Date.now()));
    event.preventDefault();
    window.location.reload();
  });
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  window.addEventListener('load', () => {
    navigator.serviceWorker.register('/sw.js').then(
      (registration) => {
        document.addEventListener('visibilitychange', () => {
          if (document.visibilityState === 'visible') registration.update().catch(stayWithThisVersion);
        });
      },
      // Private windows refuse service workers; the app then works online only.
      () => undefined,
    );
  });
}

/**
 * Loads the page anew, in the newest version that the server has: on a slow network the one on this device would come
 * before it, so it is brought onto this device first.
 */
export async function loadNewest(): Promise<void> {
  const patience = new Promise<void>((resolve) => {
    setTimeout(resolve, FETCHING_PATIENCE_MS);
  });
  await Promise.race([keepNewest().catch(stayWithThisVersion), patience]);
  window.location.reload();
}

async function keepNewest(): Promise<void> {
  const registration = 'serviceWorker' in navigator ? await navigator.serviceWorker.getRegistration() : undefined;
  await registration?.update();
  const worker = registration?.installing ?? registration?.waiting;
  if (!worker) return;
  await new Promise<void>((resolve) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated' || worker.state === 'redundant') resolve();
    });
  });
}

/** Offline there is no newer version to be had. */
function stayWithThisVersion(): void {}
