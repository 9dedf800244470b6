// Whether each part serves, and lets nobody in without a key unless it is open. Ends with 1 if not.
import { request } from 'node:http';

const { GATEWAY, SYNC, AUTH_MODE, PUBLIC_URL } = process.env;
const TRIES = 30;
const PAUSE_MS = Number(process.env.PAUSE_MS ?? 2_000);

/** The services answer under the public host's name only, which `fetch` cannot say. */
function ask(base, path, headers = {}) {
  return new Promise((resolve, reject) => {
    const host = new URL(PUBLIC_URL).host;
    const asked = request(base + path, { headers: { host, ...headers }, timeout: 10_000 });
    asked.once('error', reject);
    asked.once('timeout', () => asked.destroy(new Error(`${base}${path} did not answer`)));
    asked.once('response', (response) => resolve(response.resume().statusCode));
    asked.once('upgrade', (_response, socket) => resolve(socket.destroy() && 101));
    asked.end();
  });
}

const upgrade = {
  connection: 'upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': Buffer.alloc(16).toString('base64'),
};
const checks = [
  ['a pod is ready', 200, () => ask(SYNC, '/readyz')],
  ['a gateway is ready', 200, () => ask(GATEWAY, '/readyz')],
  ['the web app is there', 200, () => ask(GATEWAY, '/', { accept: 'text/html' })],
  ['a socket of a document opens', 101, () => ask(SYNC, '/sync/plan:helm-test', upgrade)],
  [
    AUTH_MODE === 'open' ? 'documents are listed' : 'without a key nothing is listed',
    AUTH_MODE === 'open' ? 200 : 401,
    () => ask(GATEWAY, '/v1/documents'),
  ],
];

for (const [what, expected, check] of checks) {
  let seen;
  for (let tries = 0; tries < TRIES && seen !== expected; tries++) {
    if (tries) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    seen = await check().catch((error) => error.message);
  }
  process.stdout.write(`${seen === expected ? 'ok' : 'NOT SO'}: ${what} (${seen})\n`);
  if (seen !== expected) process.exitCode = 1;
}
