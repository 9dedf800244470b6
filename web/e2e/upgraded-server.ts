import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

/** Longer than the service worker waits for the network. */
const SLOWNESS_MS = 4_000;

/** Stands before a system, and after {@link upgrade} answers as one whose web app is newer, over a slow network. */
export class UpgradedServer {
  readonly url: string;
  readonly #end: () => Promise<void>;
  #isUpgraded = false;

  private constructor(url: string, end: () => Promise<void>) {
    this.url = url;
    this.#end = end;
  }

  static async before(system: { url: string }): Promise<UpgradedServer> {
    const { port } = new URL(system.url);
    const sockets = new Set<Duplex>();
    const server = createServer((incoming, answer) => void proxy.#answer(incoming, answer, port));
    server.on('connection', (socket: Socket) => sockets.add(socket));
    server.on('upgrade', ({ method, url, rawHeaders }: IncomingMessage, socket, head) => {
      const headers = rawHeaders.map((part, n) => (n % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('');
      const behind = connect(Number(port), 'localhost');
      for (const [one, other] of [
        [socket, behind],
        [behind, socket],
      ] as const) {
        sockets.add(one);
        one.on('error', () => other.destroy()).on('close', () => other.destroy());
        one.pipe(other);
      }
      behind.write(`${method} ${url} HTTP/1.1\r\n${headers}\r\n`);
      behind.write(head);
    });
    await once(server.listen(0), 'listening');
    const proxy = new UpgradedServer(`http://localhost:${(server.address() as AddressInfo).port}`, async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return proxy;
  }

  upgrade(): void {
    this.#isUpgraded = true;
  }

  end(): Promise<void> {
    return this.#end();
  }

  async #answer(incoming: IncomingMessage, answer: ServerResponse, port: string): Promise<void> {
    const { url, method } = incoming;
    const {
      'accept-encoding': _encoding,
      'if-none-match': _tag,
      'if-modified-since': _since,
      ...headers
    } = incoming.headers;
    if (this.#isUpgraded && headers['sec-fetch-mode'] === 'navigate') await wait(SLOWNESS_MS);
    const asked = request({ port, path: url, method, headers });
    incoming.pipe(asked);
    const [said] = (await once(asked, 'response')) as [IncomingMessage];
    const body = Buffer.concat(await Array.fromAsync(said as AsyncIterable<Buffer>));
    const { 'content-length': _length, 'transfer-encoding': _chunks, etag: _etag, ...kept } = said.headers;
    answer.writeHead(said.statusCode!, kept).end(this.#isUpgraded ? newer(body, url!, kept['content-type']) : body);
  }
}

function newer(body: Buffer, url: string, type = ''): Buffer | string {
  if (url === '/sw.js') return body.toString().replace(/shell-(?=\w)/, 'shell-newer-');
  return type.startsWith('text/html') ? body.toString().replace('<head>', '<head><meta name="is-newer">') : body;
}
