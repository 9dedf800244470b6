import { authorizeWorkspace, type Grant, type RightsAdmin } from '@syncline/auth';
import type { Catalog } from '@syncline/journal';
import { actorOf, ERRORS, Refusal } from '@syncline/protocol';
import type { Logger, Metrics } from '@syncline/runtime';
import type * as z from 'zod';
import type { MarkdownReader } from './markdown/reader.ts';
import type { Call, Operation } from './operations/operation.ts';
import type { Pods } from './pods.ts';
import { validate } from './validate.ts';

export type Door = 'rest' | 'mcp';

/** A call as it came in at one of the doors. */
export interface Incoming {
  door: Door;
  /** Not yet looked at. */
  input: unknown;
  /** What `input` must be, where the door's form differs from the operation's. */
  schema?: z.ZodObject | undefined;
  grant: Grant;
  commandId: string;
}

/** Runs operations; the one place where calls are validated, logged and counted, whichever door they came in by. */
export interface Calls {
  /** @throws Refusal for whatever went wrong; faults of our own are logged and become `internal`. */
  run(operation: Operation, incoming: Incoming): Promise<{ input: Record<string, unknown>; result: unknown }>;
  /** Counts and logs a refusal, unless {@link run} has: one from before or beside any operation. */
  refused(refusal: Refusal, where: { door: Door | 'web'; method?: string }): void;
  /** New calls are refused as `draining`; resolves when the running ones have ended. */
  close(): Promise<void>;
}

export function createCalls(deps: {
  pods: Pods;
  catalog: Catalog;
  rights: RightsAdmin | null;
  markdown: MarkdownReader;
  urlOf: Call['urlOf'];
  log: Logger;
  metrics: Metrics;
}): Calls {
  const { pods, catalog, rights, markdown, urlOf, log } = deps;
  const requests = deps.metrics.counter(
    'gateway_requests_total',
    'Calls of operations, by door (rest, mcp), operation and class of status.',
    ['door', 'operation', 'status'],
  );
  const refusals = deps.metrics.counter('gateway_refusals_total', 'Calls that were refused, by code.', ['code']);
  const counted = new WeakSet<Refusal>();
  const running = new Set<Promise<unknown>>();
  let closing = false;

  async function handle(operation: Operation, incoming: Incoming) {
    if (closing)
      throw new Refusal('draining', 'This gateway is closing. Nothing was changed; send it again in a moment.');
    const { grant, commandId } = incoming;
    if (operation.role) authorizeWorkspace(grant, operation.role);
    const input = validate(incoming.schema ?? operation.input, incoming.input) as Record<string, unknown>;
    const call: Call = { grant, commandId, pods, catalog, rights, markdown, urlOf };
    return { input, result: await operation.handle(input, call) };
  }

  return {
    async run(operation, incoming) {
      const started = performance.now();
      const call = handle(operation, incoming);
      running.add(call);
      const { door, grant } = incoming;
      const line = { door, operation: operation.name, actor: actorOf(grant.principal) };
      const count = (status: string) => requests.inc({ door, operation: operation.name, status });
      try {
        const done = await call;
        count('2xx');
        log[operation.scope === 'write' ? 'info' : 'debug']({ ...line, ms: elapsed(started) }, 'answered');
        return done;
      } catch (error) {
        const refusal = asRefusal(error);
        count(statusClass(refusal));
        refusals.inc({ code: refusal.code });
        counted.add(refusal);
        const ms = elapsed(started);
        if (refusal.code === 'internal') log.error({ ...line, ms, err: error }, 'failed');
        else log.info({ ...line, ms, ...reasonOf(refusal) }, 'refused');
        throw refusal;
      } finally {
        running.delete(call);
      }
    },
    refused(refusal, { door, method }) {
      if (counted.has(refusal)) return;
      requests.inc({ door, operation: 'none', status: statusClass(refusal) });
      refusals.inc({ code: refusal.code });
      log.info({ door, method, ...reasonOf(refusal) }, 'refused');
    },
    async close() {
      closing = true;
      await Promise.allSettled(running);
    },
  };
}

/** What is no refusal is a fault of ours: callers learn only that. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal('internal', 'Something broke on our side; it has been logged. Nothing is known to have changed.');
}

/** The code alone, and of a refusal that is about rights the sentence: others may quote what people wrote. */
function reasonOf({ code, message }: Refusal): Record<string, string> {
  if (code === 'unauthorized' || code === 'forbidden') return { code, reason: message };
  return { code };
}

function statusClass(refusal: Refusal): string {
  return `${Math.floor(ERRORS[refusal.code].status / 100)}xx`;
}

function elapsed(started: number): number {
  return Math.round((performance.now() - started) * 10) / 10;
}
