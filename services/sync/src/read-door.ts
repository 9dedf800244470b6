import type { IncomingMessage, ServerResponse } from 'node:http';
import { INSTALLATION_HEADER } from '@syncline/bus';
import type { Logger } from '@syncline/runtime';
import type { Pod } from './pod.ts';

/** The longest request for a read: a document's name, who asks, and a revision. */
const MAX_REQUEST_BYTES = 16 * 1024;

/** A pod that can be read, and whose it is. */
export interface Readable {
  pod: Pick<Pod, 'read'>;
  installation: string;
  log: Logger;
}

/**
 * `POST /read` on the admin port: gateways read documents here while NATS is away. It changes nothing, and takes the
 * same request and gives the same reply as the bus; also in that whoever means another installation gets none (B20).
 * @param readable nothing as long as the pod starts
 */
export function createReadDoor(
  readable: () => Readable | undefined,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const reader = readable();
    if (request.method !== 'POST' || request.url !== '/read' || !reader) return false;
    const meant = request.headers[INSTALLATION_HEADER];
    if (meant === reader.installation) void answer(request, response, reader.pod);
    else refuse(response, reader, meant);
    return true;
  };
}

function refuse(response: ServerResponse, { installation, log }: Readable, meant: unknown): void {
  const reason =
    `This pod is of the installation ${installation}, and the request is for ${String(meant ?? 'none')}: ` +
    'PODS_URL leads to pods of another database, or INSTALLATION is not the same for gateways and pods.';
  log.warn({ component: 'audit', door: 'read', reason }, 'refused');
  // Not 421, at which fetch would ask once more.
  response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' }).end(reason);
}

async function answer(request: IncomingMessage, response: ServerResponse, pod: Readable['pod']): Promise<void> {
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
