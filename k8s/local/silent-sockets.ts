import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';

/** Connections to one port that never go on. */
export interface SilentSockets {
  /** How many of them the server still holds. */
  readonly open: number;
  /** Closes this side. */
  end(): void;
}

const AT_ONCE = 200;

/**
 * Opens connections that send `text` and no more, never answer and never close.
 * @returns when each has been connected and has sent it, whatever has become of it since
 */
export async function openSilently({ url, count, text }: { url: string; count: number; text: string }) {
  const { hostname, port } = new URL(url);
  const opened: Socket[] = [];
  const open = new Set<Socket>();
  for (let n = 0; n < count; n += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - n) }, async () => {
        // Half-open, so that the server's closing is not answered by itself.
        const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
        opened.push(socket);
        open.add(socket);
        const gone = () => void open.delete(socket);
        socket
          .on('error', gone)
          .on('close', gone)
          .on('end', gone)
          .on('data', () => {});
        await once(socket, 'connect').catch(gone);
        if (text !== '') socket.write(text);
      }),
    );
  return {
    get open() {
      return open.size;
    },
    end() {
      for (const socket of opened) socket.destroy();
    },
  } satisfies SilentSockets;
}

/** A process’s used heap after collection, in bytes, of one that was started with `--inspect` and has said where. */
export async function usedHeap(log: string): Promise<number> {
  const [, address] = /Debugger listening on (ws:\S+)/.exec(log)!;
  const inspector = new WebSocket(address!);
  await once(inspector, 'open');
  const ask = async (method: string) => {
    inspector.send(JSON.stringify({ id: 1, method }));
    const [answer] = (await once(inspector, 'message')) as [Buffer];
    return (JSON.parse(answer.toString()) as { result: { usedSize: number } }).result;
  };
  await ask('HeapProfiler.collectGarbage');
  await ask('HeapProfiler.collectGarbage');
  const { usedSize } = await ask('Runtime.getHeapUsage');
  inspector.close();
  return usedSize;
}
