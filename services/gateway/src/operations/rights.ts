import { documentNameSchema, ROLES } from '@syncline/protocol';
import * as z from 'zod';
import { allOf, rightSchema, takenRightSchema } from './answers.ts';
import { defineOperation } from './operation.ts';
import { changerOf, rightsOf } from './rights-call.ts';

const right = {
  subject: z.string().min(1).max(128).describe('The person, as the sub of the host’s JWTs names them'),
  document: documentNameSchema.optional().describe('Only there; left out, in all of the workspace'),
};

export const listRights = defineOperation({
  name: 'rights.list',
  summary: 'List the roles of the host’s people',
  scope: 'read',
  role: 'admin',
  input: z.strictObject({}),
  handle: async (_input, call) => ({ items: await rightsOf(call).rights(call.grant.workspace) }),
  rest: { method: 'get', path: '/rights', output: allOf(rightSchema), answer: (list) => ({ body: list }) },
});

export const setRight = defineOperation({
  name: 'rights.set',
  summary: 'Give a person of the host a role, in the workspace or in one document',
  scope: 'write',
  role: 'admin',
  input: z.strictObject({ ...right, role: z.enum(ROLES) }),
  async handle({ subject, document, role }, call) {
    const given = { subject, document: document ?? null, role };
    await rightsOf(call).setRight(changerOf(call), given);
    return given;
  },
  rest: { method: 'post', path: '/rights', output: rightSchema, answer: (given) => ({ body: given }) },
});

export const removeRight = defineOperation({
  name: 'rights.remove',
  summary: 'Take a role from a person of the host',
  scope: 'write',
  role: 'admin',
  input: z.strictObject(right),
  async handle({ subject, document }, call) {
    const taken = { subject, document: document ?? null };
    await rightsOf(call).removeRight(changerOf(call), taken);
    return taken;
  },
  rest: {
    method: 'delete',
    path: '/rights/:subject',
    output: takenRightSchema,
    query: { document: 'text' },
    answer: (taken) => ({ body: taken }),
  },
});
