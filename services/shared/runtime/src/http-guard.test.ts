import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { HTTP_SETTINGS, HttpGuard, type HttpSettings } from './http-guard.ts';
import { closeServer, refuseUpgrade } from './http-server.ts';
import { Metrics } from './metrics.ts';
import { readSettings } from './settings.ts';
import { until } from './testing.ts';

const metrics = new Metrics();
let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  metrics.registry.clear();
  if (server) await closeServer(server, 1_000);
});

/** Reads each body, and then answers. */
const patient: RequestListener = (request, response) => void request.resume().on('end', () => response.end('done'));

async function serve(settings: Partial<HttpSettings>, listener = patient) {
  const guard = new HttpGuard({ settings: { ...readSettings(HTTP_SETTINGS, {}), ...settings }, metrics });
  server = guard.createServer(listener, (_request, socket) => refuseUpgrade(socket, '404 Not Found'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

/** A client that says this and never closes. */
async function say(text: string | Buffer, from = '127.0.0.1') {
  const { port } = server!.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: true });
  sockets.push(socket);
  const client = { socket, heard: '', gone: false };
  const gone = () => (client.gone = true);
  socket.on('error', gone).on('close', gone).on('end', gone);
  socket.on('data', (data) => (client.heard += data.toString()));
  await once(socket, 'connect');
  socket.write(text);
  return client;
}

async function closed(reason: string): Promise<number> {
  const { values } = await metrics.registry.getSingleMetric('syncline_http_connections_closed_total')!.get();
  return values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
}

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (body: string, length: number) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${body}`;
const SILENT: [string, string][] = [
  ['says nothing', ''],
  ['says half a head', 'GET / HTTP/1.1\r\n'],
  ['says half a body', post('half', 8)],
  ['says half of its second head', `${GET}GET / HT`],
  ['says half of its second body', post('whole', 5) + post('half', 8)],
];

describe('[S56] a connection', () => {
  it.each(SILENT)('that %s is answered 408 and closed in time', async (_, text) => {
    await serve({ REQUEST_HEAD_MS: 200, REQUEST_MS: 400 });
    const client = await say(text);
    await until(() => client.gone);
    expect(client.heard).toMatch(/HTTP\/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n$/);
    expect(await closed('late')).toBe(1);
  });

  it('that waits between requests has a time of its own', async () => {
    await serve({ REQUEST_HEAD_MS: 100, REQUEST_MS: 100, KEEP_ALIVE_MS: 2_000 });
    const client = await say(GET);
    await until(() => client.heard.endsWith('done'));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    client.socket.write(GET);
    await until(() => client.heard.split('done').length === 3);
    await until(() => client.gone);
    expect([await closed('late'), await closed('stalled')]).toEqual([0, 0]);
  });

  it('that does not take its answer is closed', async () => {
    await serve({ STALLED_MS: 300 }, (_request, response) => response.end(Buffer.alloc(64 * 1024 * 1024)));
    const client = await say(GET);
    client.socket.pause();
    await until(async () => (await closed('stalled')) === 1);
  });

  it('that asks for an upgrade in vain is closed, though it keeps its side open', async () => {
    await serve({});
    const client = await say('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await until(() => client.gone);
    expect(client.heard).toContain('404 Not Found');
    await until(async () => (await connections()) === 0);
  });

  it('that is answered before its body has come sees the answer, and is read no further', async () => {
    await serve({}, (_request, response) => response.writeHead(413).end('too large'));
    let read = 0;
    server!.on('connection', (socket: Socket) => socket.on('close', () => (read = socket.bytesRead)));
    const client = await say(post('', 512 * 1024 * 1024));
    const sending = setInterval(
      () => client.socket.writableNeedDrain || client.socket.write(Buffer.alloc(1024 * 1024)),
    );
    await until(() => client.heard.includes('too large'));
    expect(client.heard).toContain('Connection: close');
    await until(() => read > 0).finally(() => clearInterval(sending));
    expect(read).toBeLessThan(64 * 1024 * 1024);
  });

  it('is kept when its request was whole, also where nobody read the body', async () => {
    await serve({}, (_request, response) => void setImmediate(() => response.end('done')));
    const client = await say(post('whole', 5));
    await until(() => client.heard.endsWith('done'));
    client.socket.write(GET);
    await until(() => client.heard.split('done').length === 3);
    expect(client.gone).toBe(false);
  });
});

describe('[S56] places', () => {
  it.each(SILENT.slice(0, 3))('of whoever %s go to newcomers when all are taken', async (_, text) => {
    await serve({ MAX_UNFINISHED_REQUESTS: 10 });
    const other = await say('GET / HTTP/1.1\r\n', '127.0.0.2');
    const silent: Awaited<ReturnType<typeof say>>[] = [];
    for (let n = 0; n < 50; n++) silent.push(await say(text));
    const same = await say(GET);
    await until(() => same.heard.endsWith('done'));
    await until(() => silent.filter(({ gone }) => gone).length >= 40);
    expect(silent.slice(0, 40).every(({ gone }) => gone)).toBe(true);
    expect(await closed('full')).toBe(silent.filter(({ gone }) => gone).length);
    other.socket.write('Host: x\r\n\r\n');
    await until(() => other.heard.endsWith('done'));
  });

  it('are counted by the address that a proxy tells', async () => {
    await serve({ MAX_UNFINISHED_REQUESTS: 10, PROXIES: 1 });
    const from = (address: string) => post('half', 8).replace('Host', `X-Forwarded-For: 10.9.9.9, ${address}\r\nHost`);
    const other = await say(from('10.0.0.1'));
    for (let n = 0; n < 50; n++) {
      const client = await say(from('10.0.0.2'));
      // Its place is the proxy’s until its head has come.
      await until(() => client.socket.bytesWritten > 0);
    }
    other.socket.write('half');
    await until(() => other.heard.endsWith('done'));
  });

  it('of whoever sends most go first when bodies take too much', async () => {
    await serve({ MAX_UNFINISHED_BYTES: 1_000_000 });
    const other = await say(post('half', 8), '127.0.0.2');
    const large: Awaited<ReturnType<typeof say>>[] = [];
    for (let n = 0; n < 30; n++) large.push(await say(post('x'.repeat(100_000), 200_000)));
    await until(() => large.filter(({ gone }) => gone).length >= 20);
    other.socket.write('half');
    await until(() => other.heard.endsWith('done'));
    expect(large.at(-1)!.gone).toBe(false);
  });

  it('of all connections are as bounded', async () => {
    await serve({ MAX_HTTP_CONNECTIONS: 20 });
    const silent: Awaited<ReturnType<typeof say>>[] = [];
    for (let n = 0; n < 50; n++) silent.push(await say(GET));
    await until(() => silent.filter(({ gone }) => gone).length === 30);
    expect(await connections()).toBe(20);
  });
});

function connections(): Promise<number> {
  return promisify(server!.getConnections.bind(server))();
}
