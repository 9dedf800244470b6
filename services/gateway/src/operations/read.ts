import { renderDocument } from '@syncline/model/markdown';
import { documentNameSchema, KIND_ROWS, revisionSchema } from '@syncline/protocol';
import * as z from 'zod';
import { ofEachKind, told } from '../kinds.ts';
import { page } from '../mcp/page.ts';
import { at } from './answers.ts';
import { defineOperation, READING } from './operation.ts';
import { documentRef } from './writes.ts';

const [first, ...others] = ofEachKind(({ answer }, kind) =>
  z.object({ ...at, ...answer }).meta({ id: KIND_ROWS[kind].label }),
);
/** What reading a document answers, by its kind. */
const documentSchema = others.length === 0 ? first! : z.union([first!, ...others]);

const readInput = {
  document: documentNameSchema.describe('<kind>:<id>, as search and create_document name it'),
  at_least: revisionSchema.optional().describe('Not older than this revision, such as one that a write answered'),
};

export const readDocument = defineOperation({
  name: 'documents.read',
  summary: 'Read a document',
  scope: 'read',
  input: z.strictObject({ ...readInput, format: z.enum(['json', 'markdown', 'yjs']).default('json') }),
  async handle({ document, at_least, format }, call) {
    const ref = documentRef(call, document);
    const what = { document: ref, grant: call.grant, atLeast: at_least };
    const url = call.urlOf(ref);
    if (format === 'yjs') {
      const { revision, value } = await call.pods.state(what);
      return { document, revision, url, data: null, state: value };
    }
    const { revision, value } = await call.pods.read(what);
    return { document, revision, url, data: value, state: null };
  },
  rest: {
    method: 'get',
    path: '/documents/:document',
    output: documentSchema,
    query: { format: 'text', at_least: 'integer' },
    answer({ data, state, ...read }, { format }) {
      const { revision } = read;
      if (data === null) return { revision, body: state };
      return { revision, body: format === 'markdown' ? renderDocument(data) : { ...read, ...data } };
    },
  },
  mcp: {
    tool: 'read_document',
    title: 'Read a document',
    description:
      `Reads a document as Markdown. The first line is its revision ("rev: 12"). ${told('reading')} A long document ` +
      'comes in pages: call again with the cursor given at the end.',
    annotations: READING,
    input: z.strictObject({
      ...readInput,
      cursor: z.string().max(40).optional().describe('Where to go on, as the page before gave it'),
    }),
    text({ data, ...read }, { args, pageCharacters }) {
      const head = [`rev: ${read.revision}`, `document: ${read.document}`, `url: ${read.url}`].join('\n');
      const part = page(renderDocument(data!), {
        revision: read.revision,
        cursor: args['cursor'] as string | undefined,
        characters: pageCharacters,
      });
      return [head, part.note, part.text, part.more].filter(Boolean).join('\n\n');
    },
  },
});
