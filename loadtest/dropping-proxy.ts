import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';

const SYNC = 0;
const UPDATE = 2;

/** A pod as clients would see it if its fan-out lost edits: every n-th update towards a client is swallowed. */
export interface DroppingProxy {
  port: number;
  /** How many it has swallowed. */
  readonly dropped: number;
  close(): void;
}

export async function startDroppingProxy(target: string, everyNth: number): Promise<DroppingProxy> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  let updates = 0;
  let dropped = 0;
  server.on('connection', (client, request) => {
    const pod = new WebSocket(new URL(request.url ?? '/', target), { perMessageDeflate: false });
    const early: Buffer[] = [];
    const end = () => {
      client.terminate();
      pod.terminate();
    };
    for (const socket of [client, pod]) socket.on('close', end).on('error', end);
    pod.on('open', () => {
      for (const frame of early) pod.send(frame);
    });
    client.on('message', (data) => {
      if (pod.readyState === WebSocket.OPEN) pod.send(data as Buffer);
      else early.push(data as Buffer);
    });
    pod.on('message', (data) => {
      if (isUpdate(data as Buffer) && (updates += 1) % everyNth === 0) dropped += 1;
      else client.send(data as Buffer);
    });
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (http.address() as { port: number }).port,
    get dropped() {
      return dropped;
    },
    close() {
      for (const client of server.clients) client.terminate();
      http.close();
    },
  };
}

/** After the document's name, whose length is one byte, comes what kind of frame it is. */
function isUpdate(frame: Buffer): boolean {
  const body = 1 + (frame[0] ?? 0);
  return frame[body] === SYNC && frame[body + 1] === UPDATE;
}
