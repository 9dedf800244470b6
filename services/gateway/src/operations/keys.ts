import type { ApiKey } from '@syncline/auth';
import { documentNameSchema, ROLES } from '@syncline/protocol';
import * as z from 'zod';
import { allOf, keySchema, newKeySchema } from './answers.ts';
import { defineOperation } from './operation.ts';
import { changerOf, expiresAt, moment, rightsOf } from './rights-call.ts';

export const createKey = defineOperation({
  name: 'keys.create',
  summary: 'Create an API key; it is shown this once',
  scope: 'write',
  role: 'admin',
  input: z.strictObject({
    name: z.string().trim().min(1).max(128).describe('Who will use it; people see it as the author of changes'),
    role: z.enum(ROLES),
    documents: z.array(documentNameSchema).min(1).max(100).optional().describe('Only these; left out, all'),
    expires_at: expiresAt.optional(),
  }),
  async handle({ name, role, documents, expires_at }, call) {
    const wanted = { name, role, documents: documents ?? null, expiresAt: expires_at ?? null };
    const { key, record } = await rightsOf(call).createKey(changerOf(call), wanted);
    return { ...shown(record), key };
  },
  rest: { method: 'post', path: '/keys', status: 201, output: newKeySchema, answer: (key) => ({ body: key }) },
});

export const listKeys = defineOperation({
  name: 'keys.list',
  summary: 'List the workspace’s API keys, the revoked too',
  scope: 'read',
  role: 'admin',
  input: z.strictObject({}),
  handle: async (_input, call) => ({ items: (await rightsOf(call).keys(call.grant.workspace)).map(shown) }),
  rest: { method: 'get', path: '/keys', output: allOf(keySchema), answer: (list) => ({ body: list }) },
});

export const revokeKey = defineOperation({
  name: 'keys.revoke',
  summary: 'Revoke an API key, and all that was issued from it',
  scope: 'write',
  role: 'admin',
  input: z.strictObject({ id: z.string().min(1).max(64) }),
  handle: async ({ id }, call) => shown(await rightsOf(call).revokeKey(changerOf(call), id)),
  rest: { method: 'delete', path: '/keys/:id', output: keySchema, answer: (key) => ({ body: key }) },
});

function shown({ id, name, role, documents, lastFour, ...key }: ApiKey) {
  return {
    id,
    name,
    role,
    documents,
    last_four: lastFour,
    created_at: moment(key.createdAt),
    created_by: key.createdBy,
    expires_at: moment(key.expiresAt),
    revoked_at: moment(key.revokedAt),
  };
}
