import { documentNameSchema, updateSchema } from '@syncline/protocol';
import * as z from 'zod';
import { writtenSchema } from '../operations/answers.ts';
import { defineOperation } from '../operations/operation.ts';
import { baseRev, documentRef, write, writtenAnswer } from '../operations/writes.ts';

export const update = updateSchema.describe('A Yjs update of the first encoding, in base64');

const applyUpdate = defineOperation({
  name: 'docs.apply',
  summary: 'Apply a Yjs update to an application’s document',
  scope: 'write',
  input: z.strictObject({
    document: documentNameSchema.describe('The document’s name, doc:<id>'),
    update,
    ...baseRev,
  }),
  handle: ({ document, update, base_rev }, call) =>
    write(call, documentRef(call, document), { verb: 'doc.apply', args: { update, base_rev } }),
  rest: {
    method: 'post',
    path: '/documents/:document/updates',
    bytes: 'update',
    output: writtenSchema,
    answer: writtenAnswer,
  },
});

export const DOC_OPERATIONS = [applyUpdate];
