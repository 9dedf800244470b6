import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { DocumentSocket } from './document-socket.ts';

it('sockets that are closed together come back spread over a second and a half', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `ws://127.0.0.1:${(server.address() as { port: number }).port}`;
  const openedAt = new Map<number, number>();
  const [early, late] = [0, 0.999];
  const sockets = [early, late].map(
    (chance) => new DocumentSocket({ url, onOpen: () => openedAt.set(chance, performance.now()) }, () => chance),
  );
  try {
    await expect.poll(() => openedAt.size, { timeout: 20_000 }).toBe(2);
    openedAt.clear();
    const closedAt = performance.now();
    for (const client of server.clients) {
      client.send(new Uint8Array([0]));
      client.close(1012);
    }
    await expect.poll(() => openedAt.size, { timeout: 20_000 }).toBe(2);
    expect(openedAt.get(early)! - closedAt).toBeGreaterThanOrEqual(495);
    expect(openedAt.get(late)! - closedAt).toBeGreaterThanOrEqual(1_990);
    expect(openedAt.get(late)! - openedAt.get(early)!).toBeGreaterThan(1_000);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}, 60_000);
