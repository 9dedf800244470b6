import { exchange } from '@syncline/auth';
import { documentNameSchema, ROLES } from '@syncline/protocol';
import * as z from 'zod';
import { tokenSchema } from './answers.ts';
import { defineOperation } from './operation.ts';
import { moment, rightsOf } from './rights-call.ts';

const HOUR = 3600;

export const createToken = defineOperation({
  name: 'tokens.create',
  summary: 'Exchange a key, a JWT or a share link for a short-lived token that a browser may hold',
  scope: 'write',
  input: z.strictObject({
    documents: z.array(documentNameSchema).min(1).max(20).optional().describe('Only these; left out, all one reaches'),
    role: z.enum(ROLES).optional().describe('At most one’s own; left out, one’s own, yet at most editor'),
    person: z
      .strictObject({
        id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1–64 letters, digits, "_" or "-"'),
        name: z.string().trim().min(1).max(128),
      })
      .optional()
      .describe('For whom it is; with an API key or a share link only'),
    ttl_seconds: z
      .int()
      .min(60)
      .max(24 * HOUR)
      .default(HOUR),
  }),
  async handle({ documents, role, person, ttl_seconds }, call) {
    const rights = rightsOf(call);
    const grant = exchange(call.grant, { documents, role, person, lifeMs: ttl_seconds * 1000 }, Date.now());
    return {
      token: rights.sign(grant),
      expires_at: moment(new Date(grant.expiresAt!)),
      workspace: grant.workspace,
      role: grant.role,
      documents: grant.documents,
      person: { id: grant.principal.id, name: grant.principal.name },
    };
  },
  rest: { method: 'post', path: '/tokens', status: 201, output: tokenSchema, answer: (token) => ({ body: token }) },
});
