import { request } from 'node:http';
import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGateway } from '../test/gateway-under-test.ts';

const SCRIPT = 'export const words = 1;\n'.repeat(100);
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
let gateway: GatewayUnderTest;
beforeAll(async () => {
  const parent = await mkdtemp(join(tmpdir(), 'syncline-web-'));
  const webRoot = join(parent, 'dist');
  await mkdir(join(webRoot, 'assets'), { recursive: true });
  await Promise.all([
    writeFile(join(parent, 'secret.txt'), 'secret'),
    writeFile(join(webRoot, 'index.html'), '<title>app</title>'),
    writeFile(join(webRoot, 'sw.js'), '//'),
    writeFile(join(webRoot, '.env'), 'secret'),
    writeFile(join(webRoot, 'assets', 'app-abc123.js'), SCRIPT),
    writeFile(join(webRoot, 'assets', 'app-abc123.js.br'), brotliCompressSync(SCRIPT)),
    writeFile(join(webRoot, 'assets', 'app-abc123.js.gz'), gzipSync(SCRIPT)),
    writeFile(join(webRoot, 'assets', 'inter.woff2'), 'font'),
  ]);
  gateway = await startGateway({ settings: { webRoot, corsOrigins: ['https://app.example.com'] } });
});
afterAll(() => gateway.stop());

/** fetch sets Host itself and tidies paths; this sends both as given. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { hostname, port } = new URL(gateway.url);
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string; bytes: Buffer }>(
    (resolve, reject) => {
      const sent = request({ hostname, port, path, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({ status: response.statusCode!, headers: response.headers, body: bytes.toString(), bytes });
        });
      });
      sent.on('error', reject).end();
    },
  );
}

describe('Host and Origin', () => {
  const paths = ['/', '/plan/a', '/assets/app-abc123.js', '/v1/documents', '/mcp', '/nothing'];

  it.each(paths)('%s refuses foreign hosts and origins by naming the setting', async (path) => {
    const host = await raw(path, { host: 'evil.example' });
    expect([host.status, JSON.parse(host.body)]).toMatchObject([403, { code: 'forbidden' }]);
    expect(host.body).toContain('PUBLIC_URL');
    const origin = await raw(path, { origin: 'https://evil.example' });
    expect([origin.status, JSON.parse(origin.body)]).toMatchObject([403, { code: 'forbidden' }]);
    expect(origin.body).toContain('CORS_ORIGINS');
  });

  it('lets pages of CORS_ORIGINS ask first and read answers', async () => {
    const origin = 'https://app.example.com';
    const ask = { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'x-person-id' };
    const preflight = await raw('/v1/plans/a', ask, 'OPTIONS');
    expect([preflight.status, preflight.headers]).toMatchObject([
      204,
      { 'access-control-allow-origin': origin, 'access-control-allow-headers': 'x-person-id' },
    ]);
    const list = await raw('/v1/documents', { origin });
    expect(list.headers).toMatchObject({ 'access-control-allow-origin': origin });
    const own = await raw('/v1/documents', { origin: gateway.url });
    expect([own.status, own.headers['access-control-allow-origin']]).toEqual([200, undefined]);
  });

  it('sends a policy that fits the web app', async () => {
    const policy = String((await raw('/')).headers['content-security-policy']);
    expect(policy).toContain(`connect-src 'self' ws://${new URL(gateway.url).host} wss://`);
    expect(policy).toContain("style-src 'self' 'unsafe-inline'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('upgrade-insecure-requests');
  });
});

describe('pages', () => {
  it.each(['/', '/keys', '/plan/release-7', '/?a=b'])('%s is the app, asked for again each time', async (path) => {
    const page = await raw(path);
    expect([page.status, page.body, page.headers['cache-control']]).toEqual([200, '<title>app</title>', 'no-cache']);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
  });

  it('keeps hashed files for ever and others not', async () => {
    expect((await raw('/assets/app-abc123.js')).headers['cache-control']).toMatch(/immutable/);
    expect((await raw('/sw.js')).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/.env',
    '/plan/..%2f..%2fsecret.txt',
    '/assets/gone.js',
    '/poem/a',
    '/plan/a/b',
    '/a%00b',
  ])('%s is nothing', async (path) => {
    const answer = await raw(path);
    expect([400, 403, 404]).toContain(answer.status);
    expect(answer.body).not.toContain('secret\n');
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it.each(['/nothing', '/poem/a', '/plan/a/b', '/plan/not%20a%20name', '/plan/..%2f..%2fsecret.txt', '/v1x'])(
    '%s is the app to a browser, which says that nothing is there',
    async (path) => {
      const page = await raw(path, { accept: BROWSER });
      expect([page.status, page.body, page.headers['cache-control']]).toEqual([404, '<title>app</title>', 'no-cache']);
      const program = await raw(path, { accept: 'application/json, */*' });
      expect([program.status, program.headers['content-type']]).toEqual([404, 'application/problem+json']);
      expect((await raw(path, { accept: BROWSER }, 'POST')).headers['content-type']).toBe('application/problem+json');
    },
  );

  it.each([
    '/v1/nothing',
    '/v1',
    '/mcp/nothing',
    '/sync/plan:a',
    '/signal',
    '/metrics',
    '/docs/rest',
    '/assets/gone.js',
    '/livez',
    '/readyz',
    '/health',
  ])('%s is never the app', async (path) => {
    const answer = await raw(path, { accept: BROWSER });
    expect([answer.status, answer.body.includes('<title>app')]).toEqual([404, false]);
  });

  it.each(['/livez', '/readyz', '/health'])('leaves %s to whatever stands behind, under any host', async (path) => {
    const answer = await raw(path, { host: '10.0.0.7:8080' });
    expect([answer.status, answer.body.includes('<title>app')]).toEqual([404, false]);
    expect(answer.headers['content-type']).not.toBe('application/problem+json');
  });
});

describe('assets', () => {
  const path = '/assets/app-abc123.js';

  it.each([
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ['identity', undefined, Buffer.from],
    ['', undefined, Buffer.from],
  ] as const)('to "%s" are sent as %s', async (accepted, encoding, decoded) => {
    const { headers, bytes } = await raw(`${path}?v=1`, { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['content-type']).toMatch(/^text\/javascript/);
    expect(headers['cache-control']).toMatch(/immutable/);
    expect(headers['vary']).toMatch(/Accept-Encoding/);
    expect(decoded(bytes).toString()).toBe(SCRIPT);
    const again = await raw(path, { 'accept-encoding': accepted, 'if-none-match': String(headers['etag']) });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  });

  it('have a tag of their own in each encoding', async () => {
    const tags = ['br', 'gzip', 'identity'].map(
      async (accepted) => (await raw(path, { 'accept-encoding': accepted })).headers['etag'],
    );
    expect(new Set(await Promise.all(tags)).size).toBe(3);
  });

  it('that were not compressed are sent as they are', async () => {
    const { status, headers, body } = await raw('/assets/inter.woff2', { 'accept-encoding': 'br' });
    expect([status, headers['content-encoding'], headers['content-type'], body]).toEqual([
      200,
      undefined,
      'font/woff2',
      'font',
    ]);
    expect((await raw('/assets/../../secret.txt', { 'accept-encoding': 'br' })).status).toBe(404);
  });

  it.each(['/mcp', '/v1/documents'])('are all that is compressed: %s is not', async (other) => {
    expect((await raw(other, { 'accept-encoding': 'br, gzip' })).headers['content-encoding']).toBeUndefined();
  });
});

it('says what to run when the web app has not been built', async () => {
  const unbuilt = await startGateway({ settings: { webRoot: join(tmpdir(), 'syncline-no-such-folder') } });
  expect(await (await unbuilt.send('GET', '/')).json()).toMatchObject({
    code: 'not_found',
    detail: expect.stringContaining('npm run build'),
  });
  await unbuilt.stop();
});
