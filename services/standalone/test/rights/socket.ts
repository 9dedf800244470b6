import type { Kind } from '@syncline/protocol';
import * as Y from 'yjs';
import { frames, parse, sync } from '../../../sync/sim/wire.ts';

/** What became of who opened a document and wrote to it. */
export interface Opened {
  /** `edit` when what was written was acknowledged, `read` when it was refused, else what the socket closed with. */
  outcome: 'read' | 'edit' | number;
  /** The title that was shown. */
  title: string;
}

const STEP_2 = 1;

/** Node’s own takes headers; a browser’s, of which alone the types tell, does not. */
const NodeSocket = WebSocket as unknown as new (url: string, init: { headers: Record<string, string> }) => WebSocket;

/** Opens a document and, as soon as it is there, sends an update in each of the forms that one can have. */
export function openAndWrite(
  podUrl: string,
  id: string,
  shown: { token?: string; headers?: Record<string, string>; kind?: Kind },
): Promise<Opened> {
  const { token = '', headers = {}, kind = 'plan' } = shown;
  const name = `${kind}:${id}`;
  const doc = new Y.Doc();
  const mine = new Y.Doc();
  mine.getMap('metadata').set('repo', 'written');
  const update = Y.encodeStateAsUpdate(mine);
  const writing = [frames.update(name, update), sync(name, STEP_2, update)];
  const acknowledged: boolean[] = [];
  const ws = new NodeSocket(podUrl + name, { headers });
  ws.binaryType = 'arraybuffer';
  let title = '';
  return new Promise((resolve) => {
    const end = (outcome: Opened['outcome']) => {
      resolve({ outcome, title });
      ws.close();
    };
    ws.addEventListener('open', () => {
      ws.send(Uint8Array.from(frames.auth(name, token)));
      ws.send(Uint8Array.from(frames.step1(name, doc)));
    });
    ws.addEventListener('close', ({ code }) => end(code));
    ws.addEventListener('message', ({ data }) => {
      const frame = parse(new Uint8Array(data as ArrayBuffer));
      if (frame.type === 'update') {
        Y.applyUpdate(doc, frame.update);
        title = String(doc.getMap('metadata').get('title') ?? '');
        if (frame.answer) for (const written of writing) ws.send(Uint8Array.from(written));
      }
      if (frame.type !== 'status') return;
      acknowledged.push(frame.ok);
      if (acknowledged.length === writing.length) end(acknowledged.includes(true) ? 'edit' : 'read');
    });
  });
}

/** Opens a document by these headers alone, and does nothing. */
export function openAndStay(podUrl: string, id: string, headers: Record<string, string>) {
  const name = `plan:${id}`;
  const ws = new NodeSocket(podUrl + name, { headers });
  const [opened, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()];
  ws.addEventListener('open', () => {
    ws.send(Uint8Array.from(frames.auth(name, '')));
    ws.send(Uint8Array.from(frames.step1(name, new Y.Doc())));
  });
  ws.binaryType = 'arraybuffer';
  ws.addEventListener('message', ({ data }) => {
    if (parse(new Uint8Array(data as ArrayBuffer)).type === 'update') opened.resolve();
  });
  ws.addEventListener('close', ({ code }) => closed.resolve(code));
  return { opened: opened.promise, closed: closed.promise };
}
