import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { HocuspocusProvider } from '@hocuspocus/provider';
import { type Access, openAccess } from '@syncline/auth';
import { type Fanout, FanoutHub, MemoryFanout, MemoryRpc, NoResponders, type Rpc } from '@syncline/bus';
import { createReader, type Database, DatabaseError } from '@syncline/journal';
import {
  type Asker,
  type CommandResult,
  type DocumentReply,
  type DocumentRef,
  type DocumentRequest,
  type Plan,
  subjects,
  type Verb,
} from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import { until } from '@syncline/runtime/testing';
import { adoptConsole, createLog, type Logger, Metrics, systemClock } from '@syncline/runtime';
import * as Y from 'yjs';
import { mergeRows } from './edits/merge.ts';
import type { PodLimits } from './pod.ts';
import { composePod, throughOneDoor } from './compose.ts';

/** A pod on a real port, over `db`, with the stock provider and the bus as its clients. For tests. */
export async function startTestPod(db: Database, limits: Partial<PodLimits> = {}, bus: TestBus = {}) {
  const log = bus.log ?? createLog({ service: 'test', level: 'silent' });
  adoptConsole(log);
  const metrics = new Metrics();
  const rpc = bus.rpc ?? new MemoryRpc({ onHandlerError: raise });
  const reader = createReader(db);
  const { pod, canWrite } = composePod({
    commitLimits: { floorMs: 0 },
    db: throughOneDoor(db),
    merge: async (task) => mergeRows(task),
    rpc,
    fanout: bus.fanout ?? new MemoryFanout({ hub: new FanoutHub(), onListenerError: raise }),
    id: bus.id ?? randomUUID(),
    clock: systemClock,
    random: Math.random,
    log,
    metrics,
    access: bus.access ?? openAccess,
    checkOrigin: () => null,
    limits,
  });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => pod.upgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sync/`;
  const clients: Client[] = [];

  const send = async <T>(request: DocumentRequest): Promise<DocumentReply<T>> => {
    const data = Buffer.from(JSON.stringify(request));
    const options = { timeoutMs: 60_000 };
    const reply = await rpc.request(subjects.document(documentId(request.document)), data, options).catch((error) => {
      if (error instanceof NoResponders) return rpc.request(subjects.open, data, options);
      throw error;
    });
    return JSON.parse(Buffer.from(reply).toString()) as DocumentReply<T>;
  };
  const principal = { type: 'agent', id: 'tester', name: 'Tester' } as const;

  return {
    pod,
    ready: canWrite,
    reader,
    metrics,
    url,
    connect(name: string, token: string | (() => string) = 'person:p1'): Client {
      const client = connect(url, name, token);
      clients.push(client);
      return client;
    },
    /** Sends a request as it is given, for whoever is said to ask. */
    ask: (asker: Asker, request: Unasked) => send({ ...request, asker } as DocumentRequest),
    command: (ref: DocumentRef, id: string, verb: Verb) =>
      send<CommandResult>({ type: 'command', document: ref, asker: principal, command: { id, verb } }),
    read: (ref: DocumentRef, at_least?: number) =>
      send<Plan>({ type: 'read', document: ref, asker: principal, ...(at_least !== undefined && { at_least }) }),
    async stop() {
      for (const client of clients) client.provider.destroy();
      await pod.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

type Unasked = DocumentRequest extends infer R ? (R extends unknown ? Omit<R, 'asker'> : never) : never;

/** What a test pod shares with others; alone where it is left out. */
export interface TestBus {
  rpc?: Rpc;
  fanout?: Fanout;
  id?: string;
  access?: Access;
  log?: Logger;
}

function raise(error: unknown): never {
  throw error;
}

export type TestPod = Awaited<ReturnType<typeof startTestPod>>;

export interface Client {
  doc: Y.Doc;
  provider: HocuspocusProvider;
  synced: Promise<void>;
  /** Resolves when everything this client has written is acknowledged. */
  acknowledged(): Promise<void>;
}

function connect(url: string, name: string, token: string | (() => string)): Client {
  const doc = new Y.Doc();
  const provider = new HocuspocusProvider({ url: url + name, name, document: doc, token });
  return {
    doc,
    provider,
    synced: new Promise((resolve) => provider.on('synced', () => resolve())),
    acknowledged: () => until(() => !provider.hasUnsyncedChanges),
  };
}

export { until };

let counter = 0;

export function newPlan(): { ref: DocumentRef; name: string; id: ReturnType<typeof documentId> } {
  const ref = { workspace: 'default', kind: 'plan', id: `p${process.pid}-${(counter += 1)}` } as const;
  return { ref, name: `plan:${ref.id}`, id: documentId(ref) };
}

/** A database whose statements can be held back or made to fail. */
export function controllable(db: Database) {
  let gate: Promise<void> | null = null;
  let failing: 'before' | 'after' | null = null;
  let readDelayMs = 0;
  let reading: Promise<void> | null = null;
  let beforeAppend: ((params: unknown[]) => Promise<void>) | null = null;
  let transactions = 0;
  const lost = () => new DatabaseError(Object.assign(new Error('connection lost'), { code: 'ECONNRESET' }));
  const controlled: Database = {
    ...db,
    transaction(work) {
      transactions += 1;
      return db.transaction(work);
    },
    async query<T>(sql: string, params: unknown[] = []) {
      if (!sql.includes('INSERT INTO journal')) {
        const rows = await db.query<T>(sql, params);
        if (readDelayMs && sql.includes('FROM journal')) await pause(readDelayMs);
        if (sql.includes('FROM journal')) await reading;
        return rows;
      }
      await gate;
      await beforeAppend?.(params);
      if (failing === 'before') throw lost();
      const rows = await db.query<T>(sql, params);
      if (failing === 'after') throw lost();
      return rows;
    },
  };
  return {
    db: controlled,
    /** Appends wait until the answer is called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = null;
        resolve();
      };
    },
    /** Holds back the appends; `reached` resolves when there is one. */
    holdNext(): { reached: Promise<void>; release: () => void } {
      const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      beforeAppend = () => {
        reached.resolve();
        return released.promise;
      };
      return { reached: reached.promise, release: released.resolve };
    },
    /** Appends fail, before or after they have taken effect. */
    fail(when: 'before' | 'after' | null) {
      failing = when;
    },
    /** What is read of the journal arrives when the answer is called. */
    holdReads(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      reading = promise;
      return () => {
        reading = null;
        resolve();
      };
    },
    /** What is read of the journal arrives so much later than it was read. */
    delayReads(ms: number) {
      readDelayMs = ms;
    },
    /** Runs before each append, with its parameters. */
    onAppend(callback: typeof beforeAppend) {
      beforeAppend = callback;
    },
    transactions: () => transactions,
  };
}
