import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type Access, openAccess, type RightsAdmin } from '@syncline/auth';
import { MemoryRpc, type Rpc } from '@syncline/bus';
import type { Catalog, CatalogEntry } from '@syncline/journal';
import { type DocumentReply, type DocumentRequest, type Plan, subjects } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import { createLog, type Logger, Metrics } from '@syncline/runtime';
import { createGateway, type GatewaySettings } from '../src/index.ts';

export type Pod = (request: DocumentRequest) => DocumentReply | Promise<DocumentReply>;

export const PLAN: Plan = {
  kind: 'plan',
  title: 'Release',
  status: 'draft',
  repo: '',
  pr: '',
  owner: '',
  steps: [{ id: 's1', title: 'Build it', done: true, note: '', assignee: '' }],
  blocks: [
    {
      id: 'b1',
      anchor: 'k3f9a',
      type: 'paragraph',
      props: {},
      content: [{ text: 'Ship on Friday.', marks: {} }],
      children: [],
    },
  ],
};

/** A pod that answers reads with {@link PLAN} and says of every command that it changed `s1`. */
export const agreeable: Pod = (request) =>
  request.type === 'read' ? { ok: true, seq: 12, value: PLAN } : { ok: true, seq: 13, value: { changed: ['s1'] } };

/** A pod that answers when nobody waits any more: later than the 20 ms that its tests allow. */
export const slow: Pod = async (request) => {
  await setTimeout(100);
  return agreeable(request);
};

/**
 * A gateway on loopback, in open mode unless it is told who is let in. It asks the pods that `rpc` reaches; without one,
 * over a real {@link MemoryRpc}, `pod`, which opens any document, and `holding`, which serves the named ones as the pod
 * that already holds them.
 */
export async function startGateway(
  options: {
    rpc?: Rpc;
    pod?: Pod | null;
    holding?: { id: string; pod: Pod };
    entries?: CatalogEntry[];
    catalog?: Catalog;
    access?: Access;
    rights?: RightsAdmin | null;
    log?: Logger;
    settings?: Partial<GatewaySettings>;
  } = {},
) {
  const requests: DocumentRequest[] = [];
  const memory = new MemoryRpc({ onHandlerError: () => {} });
  const serve = (subject: string, pod: Pod) =>
    memory.serve(subject, async (data) => {
      const request = JSON.parse(Buffer.from(data).toString()) as DocumentRequest;
      requests.push(request);
      return Buffer.from(JSON.stringify(await pod(request)));
    });
  if (options.pod !== null) serve(subjects.open, options.pod ?? agreeable);
  if (options.holding) {
    const ref = { workspace: 'default', kind: 'plan' as const, id: options.holding.id };
    serve(subjects.document(documentId(ref)), options.holding.pod);
  }

  const entries = options.entries ?? [];
  const catalog: Catalog = options.catalog ?? { list: async () => ({ entries, next: null }) };
  const metrics = new Metrics();
  let url = '';
  const gateway = createGateway({
    rpc: options.rpc ?? memory,
    catalog,
    access: options.access ?? openAccess,
    rights: options.rights ?? null,
    log: options.log ?? createLog({ service: 'test', level: 'silent' }),
    metrics,
    settings: { publicUrl: () => url, ...options.settings },
  });
  const server = createServer(gateway.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    gateway,
    metrics,
    requests,
    /** Sends a request; a body is sent as JSON. */
    send(method: string, path: string, { body, headers = {} }: { body?: unknown; headers?: HeadersInit } = {}) {
      const sent = new Headers(headers);
      if (body !== undefined && !sent.has('content-type')) sent.set('content-type', 'application/json');
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return fetch(url + path, { method, headers: sent, ...(body !== undefined && { body: text }) });
    },
    async stop() {
      await gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await memory.close();
    },
  };
}

export type GatewayUnderTest = Awaited<ReturnType<typeof startGateway>>;
