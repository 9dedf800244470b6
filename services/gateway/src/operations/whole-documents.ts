import { documentNameSchema, KIND_ROWS, KINDS, type Verb } from '@syncline/protocol';
import * as z from 'zod';
import { GATEWAY_KINDS } from '../kinds.ts';
import { invalid } from '../validate.ts';
import { writtenSchema } from './answers.ts';
import { defineOperation } from './operation.ts';
import { baseRev, documentRef, write, writtenAnswer } from './writes.ts';

/** The most that a title of any kind may have. */
const MAX_TITLE = Math.max(...KINDS.map((kind) => KIND_ROWS[kind].limits.title));

const document = documentNameSchema.describe('<kind>:<id>, as the list names it');

export const renameDocument = defineOperation({
  name: 'documents.rename',
  summary: 'Rename a document',
  scope: 'write',
  input: z.strictObject({
    document,
    title: z.string().trim().min(1).max(MAX_TITLE).describe(`1–${MAX_TITLE} characters`),
    ...baseRev,
  }),
  async handle({ document, title, base_rev }, call) {
    const ref = documentRef(call, document);
    const { limits, label } = KIND_ROWS[ref.kind];
    if ([...title].length > limits.title)
      throw invalid([{ field: 'title', message: `of a ${label} has at most ${limits.title} characters` }]);
    const { verb, args } = GATEWAY_KINDS[ref.kind].rename(title);
    return write(call, ref, { verb, args: { ...args, base_rev } } as Verb);
  },
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
