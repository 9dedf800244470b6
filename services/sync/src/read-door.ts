import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Pod } from './pod.ts';

/** The longest request for a read: a document's name, who asks, and a revision. */
const MAX_REQUEST_BYTES = 16 * 1024;

/**
 * `POST /read` on the admin port: gateways read documents here while NATS is away. It changes nothing, and takes the
 * same request and gives the same reply as the bus.
 */
export function createReadDoor(
  pod: () => Pod | undefined,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const reader = pod();
    if (request.method !== 'POST' || request.url !== '/read' || !reader) return false;
    void answer(request, response, reader);
    return true;
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, pod: Pod): Promise<void> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_REQUEST_BYTES) break;
      chunks.push(chunk);
    }
  } catch {
    // The gateway has gone; nobody waits for an answer.
    return;
  }
  if (length > MAX_REQUEST_BYTES) response.writeHead(413, { connection: 'close' }).end();
  else response.writeHead(200, { 'content-type': 'application/json' }).end(await pod.read(Buffer.concat(chunks)));
}
