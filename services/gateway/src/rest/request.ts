import { randomUUID } from 'node:crypto';
import { commandIdSchema, Refusal } from '@syncline/protocol';
import express, { type Request, type Response } from 'express';
import type { Operation } from '../operations/operation.ts';
import { invalid } from '../validate.ts';

/**
 * An operation's input out of a request: path, query and body together, and `If-Match` as `base_rev`. Nothing is
 * dropped: a field that does not belong there is left in, for the schema to refuse by its name.
 */
export function inputOf(operation: Operation, req: Request): Record<string, unknown> {
  const body = operation.rest?.method === 'get' ? {} : bodyOf(req, operation.rest?.bytes);
  const query = queryOf(req, operation.rest?.query ?? {});
  for (const name of [...Object.keys(req.params), ...Object.keys(query)]) {
    if (Object.hasOwn(body, name))
      throw invalid([{ field: name, message: 'is already given by the address; leave it out of the body' }]);
  }
  for (const name of Object.keys(req.params)) {
    if (Object.hasOwn(query, name))
      throw invalid([{ field: name, message: 'is already given by the path; leave it out of the query' }]);
  }
  return { ...body, ...query, ...req.params, ...precondition(operation, req, body) };
}

/** How bytes are sent and answered as they are. */
export const BYTES = 'application/octet-stream';

/**
 * Reads bodies of JSON, and of bytes where the operation takes them, up to `limit` bytes. It is called when it is known
 * whose body it is: what nobody may send is not read, and nothing is ever inflated.
 */
export function bodies(limit: number): (operation: Operation, req: Request, res: Response) => Promise<void> {
  const json = express.json({ limit, inflate: false, type: ['application/json', 'application/*+json'] });
  const raw = express.raw({ limit, inflate: false, type: BYTES });
  const tooLarge = () =>
    new Refusal('too_large', `The body is larger than ${limit} bytes, the most that is read. Split it.`, { limit });
  return ({ rest }, req, res) =>
    new Promise((resolve, reject) => {
      // The parser too would refuse it, after reading it to its end.
      if (Number(req.headers['content-length']) > limit) return reject(tooLarge());
      let length = 0;
      req.on('data', (chunk: Buffer) => (length += chunk.length) > limit && reject(tooLarge()));
      const parse = rest?.bytes !== undefined && req.is(BYTES) ? raw : json;
      parse(req, res, (error?: unknown) => (error ? reject(error as Error) : resolve()));
    });
}

/** @param bytes the field that a body of bytes is */
function bodyOf(req: Request, bytes: string | undefined): Record<string, unknown> {
  const body: unknown = req.body;
  if (bytes !== undefined && Buffer.isBuffer(body)) return { [bytes]: body.toString('base64') };
  if (body === undefined) {
    if (hasBody(req))
      throw new Refusal(
        'unsupported_media_type',
        `The body must be JSON, sent as Content-Type: application/json${bytes === undefined ? '' : `, or bytes, sent as ${BYTES}`}.`,
      );
    return {};
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal('invalid_request', 'The body must be a JSON object.');
  return body as Record<string, unknown>;
}

function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

function queryOf(req: Request, fields: Record<string, 'text' | 'integer' | undefined>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(req.query)) {
    if (Array.isArray(value)) throw invalid([{ field: name, message: 'is given more than once' }]);
    const isInteger = fields[name] === 'integer' && /^\d{1,15}$/.test(String(value));
    input[name] = isInteger ? Number(value) : value;
  }
  return input;
}

function precondition(operation: Operation, req: Request, body: Record<string, unknown>): { base_rev?: number } {
  const header = req.get('if-match');
  if (header === undefined || operation.scope === 'read') return {};
  if (!Object.hasOwn(operation.input.shape, 'base_rev'))
    throw invalid([{ field: 'If-Match', message: 'has no meaning for what does not exist yet' }]);
  const revision = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (revision === undefined)
    throw invalid([{ field: 'If-Match', message: 'must be one strong ETag that a read or write answered, as "12"' }]);
  if (body['base_rev'] !== undefined && body['base_rev'] !== Number(revision))
    throw invalid([{ field: 'base_rev', message: 'differs from If-Match; send one of the two' }]);
  return { base_rev: Number(revision) };
}

/** The id under which a command takes effect once: `Idempotency-Key`, or one made here. */
export function commandIdOf(req: Request): string {
  const header = req.get('idempotency-key');
  if (header === undefined) return randomUUID();
  const parsed = commandIdSchema.safeParse(header);
  if (parsed.success) return parsed.data;
  throw invalid([{ field: 'Idempotency-Key', message: parsed.error.issues[0]?.message ?? 'is not a command id' }]);
}
