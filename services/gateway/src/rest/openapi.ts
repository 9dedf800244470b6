import { type ErrorCode, ERRORS, RETRYABLE } from '@syncline/protocol';
import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import type { Operation } from '../operations/operation.ts';
import { PROBLEMS } from './problem.ts';
import { BYTES } from './request.ts';

const ANY: ErrorCode[] = ['invalid_request', 'unauthorized', 'forbidden', 'not_found', 'too_large'];
const ANY_MORE: ErrorCode[] = ['unsupported_media_type', 'too_many', 'internal', 'unavailable'];
const WRITING: ErrorCode[] = ['conflict', 'in_progress', 'exists', 'stale_revision', 'command_reused', 'server_only'];

const DESCRIPTION = `Documents that people and agents edit together, live.

Every error is \`application/problem+json\` with a stable \`type\` and \`code\`; \`errors\` names the fields at fault. A write
answers after its commit, with the revision and what it changed. Give it an \`Idempotency-Key\`, and it takes effect once
however often it is sent. \`If-Match\` makes it depend on a revision. Unknown fields are refused. A caller that needs no key
(\`AUTH_MODE=open\`) says who it is by \`X-Agent\`, or by \`X-Person-Id\` and \`X-Person-Name\`.`;

const problemSchema = z
  .looseObject({
    type: z.string().describe(`${PROBLEMS} and the code`),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is wrong with this request, and the way out'),
    code: z.enum(Object.keys(ERRORS) as ErrorCode[]),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('The fields at fault'),
  })
  .meta({ id: 'Problem' });

const BINARY = { schema: z.string().meta({ override: { format: 'binary' } }) };
const etag = z.string().regex(/^"\d{1,15}"$/);
const seconds = z.string().regex(/^\d+$/);
const KEY = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/)
  .optional()
  .describe('Any text of your own, a new one for each write: the same again takes effect once');
const MATCH = etag.optional().describe('Refuse unless the document is still at this revision');
const NONE_MATCH = z.string().optional().describe('Answer 304 if the document is still at this revision');
const LIMIT_HEADERS = {
  RateLimit: z.string().optional().describe('What is left of each policy, and for how many seconds'),
  'RateLimit-Policy': z.string().optional().describe('How many requests in how many seconds'),
};

/** The OpenAPI 3.1 document of all that REST offers, as JSON. */
export function openApi(operations: readonly Operation[]): string {
  const paths: ZodOpenApiPathsObject = {};
  for (const operation of operations) {
    if (!operation.rest) continue;
    const path = `/v1${operation.rest.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [operation.rest.method]: described(operation) };
  }
  return JSON.stringify(
    createDocument({
      openapi: '3.1.0',
      info: {
        title: 'Syncline',
        version: '0.1.0',
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      // The last: none is needed where AUTH_MODE is open.
      security: [{ bearer: [] }, { key: [] }, {}],
      tags: [...new Set(operations.map(tagOf))].map((name) => ({ name })),
      paths,
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key, a token or a JWT of the host application',
          },
          key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
    }),
  );
}

function tagOf({ name }: Operation): string {
  return name.slice(0, name.indexOf('.'));
}

function described(operation: Operation): ZodOpenApiOperationObject {
  const { name, summary, scope, input, role } = operation;
  const { method, path, query = {}, bytes } = operation.rest!;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, field]) => field!);
  const body = input.omit(mask([...inPath, ...Object.keys(query)]));
  const required = (Object.values(body.shape) as z.ZodType[]).some((field) => !z.safeParse(field, undefined).success);
  // A DELETE's body means nothing to many on the way; its If-Match says the same.
  const takesBody = method !== 'get' && method !== 'delete' && Object.keys(body.shape).length > 0;
  return {
    operationId: name.replace('.', '_'),
    summary,
    tags: [tagOf(operation)],
    ...(role && { description: `Needs the role ${role} in the workspace.` }),
    requestParams: {
      ...(inPath.length > 0 && { path: input.pick(mask(inPath)) }),
      ...(Object.keys(query).length > 0 && { query: input.pick(mask(Object.keys(query))) }),
      header: z.object({
        ...(scope === 'write' && { 'Idempotency-Key': KEY }),
        ...(Object.hasOwn(input.shape, 'base_rev') && { 'If-Match': MATCH }),
        ...(answersTagged(operation) && scope === 'read' && { 'If-None-Match': NONE_MATCH }),
      }),
    },
    ...(takesBody && {
      requestBody: { required, content: { 'application/json': { schema: body }, ...(bytes && { [BYTES]: BINARY }) } },
    }),
    responses: { ...success(operation), ...failures(operation) },
  };
}

function mask(fields: string[]): Record<string, true> {
  return Object.fromEntries(fields.map((field) => [field, true]));
}

function answersTagged({ rest }: Operation): boolean {
  const { output } = rest!;
  const [one] = output instanceof z.ZodUnion ? output.options : [output];
  return Object.hasOwn(one!.shape, 'revision');
}

function success(operation: Operation): ZodOpenApiResponsesObject {
  const { output, status = 200 } = operation.rest!;
  const tagged = answersTagged(operation);
  const { format } = operation.input.shape as { format?: z.ZodType };
  const headers = z.object({
    ...LIMIT_HEADERS,
    ...(tagged && { ETag: etag }),
    ...(operation.scope === 'write' && { 'Idempotency-Key': z.string() }),
    ...(operation.name === 'documents.create' && { Location: z.string() }),
  });
  const others = format && {
    'text/markdown': { schema: z.string() },
    [BYTES]: BINARY,
  };
  return {
    [`${status}`]: { description: 'Done', headers, content: { 'application/json': { schema: output }, ...others } },
    ...(tagged && operation.scope === 'read' && { 304: { description: 'Still at the revision of If-None-Match' } }),
  };
}

function failures({ scope }: Operation): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(
    [...ANY, ...ANY_MORE, ...(scope === 'write' ? WRITING : [])],
    (code) => ERRORS[code].status,
  );
  const responses: ZodOpenApiResponsesObject = {};
  for (const [status, codes] of byStatus) {
    const waits = codes.some((code) => RETRYABLE.has(code));
    responses[`${status}`] = {
      description: codes.map((code) => ERRORS[code].title).join('; or: '),
      headers: z.object({ ...LIMIT_HEADERS, ...(waits && { 'Retry-After': seconds.optional() }) }),
      content: { 'application/problem+json': { schema: problemSchema } },
    };
  }
  return responses;
}
