import { actorOf, DEFAULT_KIND, type Kind, KINDS, shortIdSchema } from '@syncline/protocol';
import { createdId } from '@syncline/protocol/document-id';
import * as z from 'zod';
import { GATEWAY_KINDS, told } from '../kinds.ts';
import { validate } from '../validate.ts';
import { writtenSchema } from './answers.ts';
import { fieldsOfAny } from './fields-of-any.ts';
import { defineOperation } from './operation.ts';
import { write, writtenAnswer, writtenText } from './writes.ts';

/** What making a document of one of these kinds takes. What its own kind has no use for is refused when it is read. */
function createSchema(kinds: readonly Kind[]) {
  return z.strictObject({
    kind: z.enum(kinds).default(DEFAULT_KIND),
    id: shortIdSchema.optional().describe('Its id; left out, one is made'),
    ...fieldsOfAny(kinds.map((kind) => GATEWAY_KINDS[kind].create.fields.shape)),
  });
}

export const createDocument = defineOperation({
  name: 'documents.create',
  summary: 'Create a document',
  scope: 'write',
  input: createSchema(KINDS),
  async handle({ kind, id, ...given }, call) {
    const { fields, verb } = GATEWAY_KINDS[kind].create;
    const { workspace, principal } = call.grant;
    const own = id ?? createdId(workspace, actorOf(principal), call.commandId);
    return write(call, { workspace, kind, id: own }, await verb(validate(fields, given), call));
  },
  rest: {
    method: 'post',
    path: '/documents',
    bytes: 'update',
    status: 201,
    output: writtenSchema,
    answer: (written) => ({
      ...writtenAnswer(written),
      location: `/v1/documents/${written.document}`,
    }),
  },
  mcp: {
    tool: 'create_document',
    title: 'Create a document',
    description: `${told('creating')} With op_id, the same call sent again meets the same document.`,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    input: createSchema(KINDS.filter((kind) => GATEWAY_KINDS[kind].told)),
    text: writtenText,
  },
});
