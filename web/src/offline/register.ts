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

/** Offline there is no newer version to be had. */
function stayWithThisVersion(): void {}
