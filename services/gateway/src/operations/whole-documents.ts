import { documentNameSchema, PLAN_LIMITS, planFieldsSchema } from '@syncline/protocol';
import * as z from 'zod';
import { writtenSchema } from './answers.ts';
import { defineOperation } from './operation.ts';
import { baseRev } from './plans.ts';
import { documentRef, write, writtenAnswer } from './writes.ts';

const document = documentNameSchema.describe('<kind>:<id>, as the list names it');

export const renameDocument = defineOperation({
  name: 'documents.rename',
  summary: 'Rename a document',
  scope: 'write',
  input: z.strictObject({
    document,
    title: planFieldsSchema.shape.title.unwrap().describe(`1–${PLAN_LIMITS.title} characters`),
    ...baseRev,
  }),
  handle: ({ document, title, base_rev }, call) =>
    write(call, documentRef(call, document), {
      verb: 'plan.update',
      args: { changes: [{ op: 'set', title }], base_rev },
    }),
  rest: { method: 'patch', path: '/documents/:document', output: writtenSchema, answer: writtenAnswer },
});

export const deleteDocument = defineOperation({
  name: 'documents.delete',
  summary: 'Delete a document; it can be undeleted',
  scope: 'write',
  input: z.strictObject({ document, ...baseRev }),
  handle: ({ document, base_rev }, call) =>
    write(call, documentRef(call, document), { verb: 'document.delete', args: { base_rev } }),
  rest: { method: 'delete', path: '/documents/:document', output: writtenSchema, answer: writtenAnswer },
});

export const undeleteDocument = defineOperation({
  name: 'documents.undelete',
  summary: 'Bring a deleted document back as it was',
  scope: 'write',
  input: z.strictObject({ document, ...baseRev }),
  handle: ({ document, base_rev }, call) =>
    write(call, documentRef(call, document), { verb: 'document.undelete', args: { base_rev } }),
  rest: { method: 'post', path: '/documents/:document/undelete', output: writtenSchema, answer: writtenAnswer },
});
