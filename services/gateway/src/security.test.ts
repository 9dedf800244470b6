import { request } from 'node:http';
import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGateway } from '../test/gateway-under-test.ts';

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
    writeFile(join(webRoot, 'assets', 'app-abc123.js'), '//'),
  ]);
  gateway = await startGateway({ settings: { webRoot, corsOrigins: ['https://app.example.com'] } });
});
afterAll(() => gateway.stop());

/** fetch sets Host itself and tidies paths; this sends both as given. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { hostname, port } = new URL(gateway.url);
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
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
  it.each(['/', '/plan/release-7', '/?a=b'])('%s is the app, asked for again each time', async (path) => {
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

  it.each(['/livez', '/readyz', '/health'])('leaves %s to whatever stands behind, under any host', async (path) => {
    const answer = await raw(path, { host: '10.0.0.7:8080' });
    expect([answer.status, answer.body.includes('<title>app')]).toEqual([404, false]);
    expect(answer.headers['content-type']).not.toBe('application/problem+json');
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
