import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { openAccess } from '@syncline/auth';
import { Refusal } from '@syncline/protocol';
import { until } from '@syncline/runtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGateway } from '../test/gateway-under-test.ts';

let gateway: GatewayUnderTest;
const start = async (...options: Parameters<typeof startGateway>) => (gateway = await startGateway(...options));
afterEach(() => gateway.stop());

const BODY = JSON.stringify({ kind: 'plan', title: 'A' });
const DOORS = ['/v1/documents', '/mcp'];

/** Sends the head of a request and half of what it announces. @returns what is answered meanwhile */
async function sendHalf(path: string, headers: string, body = '{"title'): Promise<string> {
  const { host, hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`);
  let heard = '';
  socket.on('data', (data) => (heard += data.toString()));
  await until(() => heard.includes('\r\n\r\n'));
  socket.destroy();
  return heard;
}

describe.each(DOORS)('a body for %s', (path) => {
  it('is not waited for when its sender may not send it', async () => {
    const refuse = () => {
      throw new Refusal('unauthorized', 'Nobody is let in.');
    };
    await start({ access: { ...openAccess, ofRequest: refuse } });
    expect(await sendHalf(path, 'Content-Length: 1000')).toMatch(/^HTTP\/1.1 401 /);
  });

  it('is not waited for when there are too many requests', async () => {
    await start({ settings: { rateLimits: { perAddress: 1, perKey: 1 } } });
    await gateway.send('GET', '/v1/documents');
    expect(await sendHalf(path, 'Content-Length: 1000')).toMatch(/^HTTP\/1.1 429 /);
  });

  it('that says itself that it is too large is not read', async () => {
    await start();
    expect(await sendHalf(path, 'Content-Length: 786433')).toMatch(/^HTTP\/1.1 413 /);
  });

  it.each([
    ['gzip', gzipSync(BODY)],
    ['deflate', deflateSync(BODY)],
    ['br', brotliCompressSync(BODY)],
    ['GZIP, identity', gzipSync(BODY)],
  ])('that is compressed by %s is refused with 415, not inflated', async (encoding, body) => {
    await start();
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding, accept: '*/*' };
    const response = await fetch(gateway.url + path, { method: 'POST', headers, body });
    expect([response.status, await response.json()]).toMatchObject([
      415,
      { code: 'unsupported_media_type', detail: expect.stringContaining('without Content-Encoding') },
    ]);
    expect(gateway.requests).toEqual([]);
  });
});

it('a body that turns out to be too large is read no further', async () => {
  await start({ settings: { bodyLimitBytes: 1_000 } });
  const chunk = 'x'.repeat(600);
  const body = `258\r\n${chunk}\r\n258\r\n${chunk}\r\n`;
  expect(await sendHalf('/v1/documents', 'Transfer-Encoding: chunked', body)).toMatch(/^HTTP\/1.1 413 /);
});

it('a body that says it is not compressed is read', async () => {
  await start();
  const headers = { 'content-encoding': 'identity' };
  expect((await gateway.send('POST', '/v1/documents', { body: BODY, headers })).status).toBe(201);
});
