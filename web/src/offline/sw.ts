/// <reference lib="webworker" />
/**
 * The app's own files, so that the page opens with the server stopped. It keeps no documents: those are in IndexedDB.
 * A page is asked of the network first and falls back to the stored shell, so no deployed version can stay behind;
 * hashed files come from the store. It never touches /v1, /mcp or /sync.
 */
const worker = globalThis as unknown as ServiceWorkerGlobalScope;

const files: string[] = JSON.parse('__PRECACHE_FILES__');
const shellName = 'shell-__PRECACHE_VERSION__';
/** `/`, `/keys` and `/<kind>/<id>`; everything else is the server's own to answer. */
const pages = /^\/(?:keys|(?!v1\/|mcp\/|sync\/|docs\/)[a-z]+\/[^/]+)?$/;
/** A slow network must not hold up a page that is on the device. */
const networkPatienceMs = 1500;

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(shellName)
      .then((shell) => shell.addAll(files.map((file) => new Request(file, { cache: 'no-cache' }))))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOldShells().then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (request.mode === 'navigate') {
    if (pages.test(url.pathname)) event.respondWith(page(request));
  } else if (url.pathname.startsWith('/assets/') || url.pathname === '/favicon.svg') {
    event.respondWith(asset(request));
  }
});

async function page(request: Request): Promise<Response> {
  const stored = caches.match('/', { cacheName: shellName, ignoreVary: true });
  const fresh = fetch(request).then((response) => (response.status < 500 ? response : Promise.reject(response)));
  const patience = new Promise<Response | undefined>((resolve) => {
    setTimeout(() => resolve(stored), networkPatienceMs);
  });
  try {
    return (await Promise.race([fresh, patience])) ?? (await fresh);
  } catch (failure) {
    return (await stored) ?? (failure instanceof Response ? failure : Response.error());
  }
}

/** Names carry hashes, so a stored file is the file; what was not foreseen (other alphabets, emoji) is stored on use. */
async function asset(request: Request): Promise<Response> {
  // The server varies its answers by Origin, which a module script sends and the store's own request did not.
  const stored = await caches.match(request, { ignoreVary: true });
  if (stored) return stored;
  const response = await fetch(request);
  if (response.ok) {
    const shell = await caches.open(shellName);
    await shell.put(request, response.clone());
  }
  return response;
}

/** The last shell but one stays: a tab that still shows it may yet ask for one of its parts. */
async function dropOldShells(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith('shell-'));
  const older = names.filter((name) => name !== shellName).slice(0, -1);
  await Promise.all(older.map((name) => caches.delete(name)));
}
