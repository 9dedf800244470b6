import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What a held link keeps back: what the pod sends, or what Postgres answers. */
export type Direction = 'requests' | 'answers';

/** One pod's own way to Postgres, which a test can hold up or cut while all others' stay as they are. */
export interface Link {
  url: string;
  /** From now on nothing comes through in this direction; it waits. @returns lets it through, in its order */
  hold(direction: Direction): () => void;
  /** Whether something waits. */
  waiting(): boolean;
  /** Postgres is gone: connections break, and new ones do. */
  cut(): void;
  /** How often a connection was tried since the cut. */
  refused(): number;
  restore(): void;
  close(): void;
}

export async function openLink(databaseUrl: string): Promise<Link> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let held: { direction: Direction; waiting: (() => void)[] } | null = null;
  let refused: number | null = null;

  const server = createServer((pod) => {
    if (refused !== null) {
      refused += 1;
      pod.destroy();
      return;
    }
    const postgres = connect(Number(target.port), target.hostname);
    const carry = (from: Socket, to: Socket, direction: Direction) => {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (chunk) => {
        if (held?.direction === direction) held.waiting.push(() => to.write(chunk));
        else to.write(chunk);
      });
      from.on('error', () => from.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    };
    carry(pod, postgres, 'requests');
    carry(postgres, pod, 'answers');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };

  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    hold(direction) {
      const holding = { direction, waiting: [] as (() => void)[] };
      held = holding;
      return () => {
        if (held === holding) held = null;
        for (const carryOn of holding.waiting.splice(0)) carryOn();
      };
    },
    waiting: () => Boolean(held?.waiting.length),
    cut() {
      refused = 0;
      breakAll();
    },
    refused: () => refused ?? 0,
    restore() {
      refused = null;
    },
    close() {
      server.close();
      breakAll();
    },
  };
}
