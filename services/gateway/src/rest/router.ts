import type { Access } from '@syncline/auth';
import { Refusal } from '@syncline/protocol';
import express, { type Request, type Response, type Router } from 'express';
import type { Calls } from '../calls.ts';
import type { Operation, RestAnswer } from '../operations/operation.ts';
import type { RateLimits } from '../rate-limits.ts';
import { bodies, BYTES, commandIdOf, inputOf } from './request.ts';

/** The routes of `/v1`, made from the operations. What goes wrong is passed on, for `problem.ts` to answer. */
export function createRestRouter(deps: {
  operations: readonly Operation[];
  calls: Calls;
  access: Pick<Access, 'ofRequest'>;
  rateLimits: Pick<RateLimits, 'ofGrant'>;
  bodyLimitBytes: number;
}): Router {
  const router = express.Router({ caseSensitive: true });
  const readBody = bodies(deps.bodyLimitBytes);

  for (const [path, operations] of byPath(deps.operations)) {
    const route = router.route(path);
    for (const operation of operations) route[operation.rest!.method](serve(operation));
    const allow = allowed(operations);
    route.all((req, res) => {
      res.set('Allow', allow);
      if (req.method === 'OPTIONS') return void res.status(204).end();
      throw new Refusal('method_not_allowed', `${req.method} is not possible here; ${allow} are.`);
    });
  }

  router.use((req) => {
    throw new Refusal('not_found', `There is nothing at ${req.method} ${req.baseUrl}${req.path.slice(0, 200)}.`);
  });
  return router;

  function serve(operation: Operation) {
    return async (req: Request, res: Response) => {
      const grant = await deps.access.ofRequest(req.headers);
      await deps.rateLimits.ofGrant(grant, res);
      await readBody(operation, req, res);
      const commandId = commandIdOf(req);
      // Told also when the call fails: with it, a caller who sent no key can still send the same command again.
      if (operation.scope === 'write') res.set('Idempotency-Key', commandId);
      const incoming = { door: 'rest' as const, input: inputOf(operation, req), grant, commandId };
      const { input, result } = await deps.calls.run(operation, incoming);
      res.status(operation.rest!.status ?? 200);
      send(res, operation.rest!.answer(result, input));
    };
  }
}

function byPath(operations: readonly Operation[]): Map<string, Operation[]> {
  const paths = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.rest) paths.set(operation.rest.path, [...(paths.get(operation.rest.path) ?? []), operation]);
  }
  return paths;
}

function allowed(operations: Operation[]): string {
  const methods = operations.map((operation) => operation.rest!.method.toUpperCase());
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function send(res: Response, answer: RestAnswer): void {
  // A shared or private cache may keep an answer, but must ask each time: documents change all the time.
  res.set('Cache-Control', 'no-cache');
  if (answer.revision !== undefined) res.set('ETag', `"${answer.revision}"`);
  if (answer.location !== undefined) res.set('Location', answer.location);
  if (typeof answer.body === 'string') res.type('text/markdown; charset=utf-8').send(answer.body);
  else if (answer.body instanceof Uint8Array) res.type(BYTES).send(answer.body);
  else res.json(answer.body);
}
