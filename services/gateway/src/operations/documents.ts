import { renderDocument } from '@syncline/model/markdown';
import {
  actorOf,
  documentName,
  documentNameSchema,
  KINDS,
  newStepSchema,
  PLAN_LIMITS,
  PLAN_STATUSES,
  planFieldsSchema,
  revisionSchema,
  shortIdSchema,
} from '@syncline/protocol';
import { createdId } from '@syncline/protocol/document-id';
import * as z from 'zod';
import { page } from '../mcp/page.ts';
import { listSchema, planSchema, writtenSchema } from './answers.ts';
import { defineOperation } from './operation.ts';
import { documentRef, write, writtenAnswer, writtenText } from './writes.ts';

const READING = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

/** Postgres has no text with a NUL in it, and nobody looks for other control characters. */
const searchText = z
  .string()
  .max(200)
  // oxlint-disable-next-line no-control-regex -- in a form that every reader of the OpenAPI document knows
  .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'must not hold control characters');

export const listDocuments = defineOperation({
  name: 'documents.list',
  summary: 'List and search documents, newest change first',
  scope: 'read',
  input: z.strictObject({
    kind: z.enum(KINDS).optional().describe('Only documents of this kind'),
    status: z.enum(PLAN_STATUSES).optional().describe('Only documents of this status'),
    text: searchText.optional().describe('Words, or their beginnings, in title, text or steps; all must be there'),
    after: z.string().max(500).optional().describe('The "next" of the page before'),
    limit: z.int().min(1).max(100).default(20).describe('How many at most'),
  }),
  async handle({ kind, status, text, after, limit }, call) {
    const { workspace, role, documents } = call.grant;
    const only = role === null ? Object.keys(documents) : undefined;
    const { entries, next } = await call.catalog.list({
      workspace,
      only,
      kind,
      status,
      text: text?.trim() || undefined,
      after,
      limit,
    });
    const items = entries.map((entry) => ({
      ...entry.data,
      document: documentName(entry),
      kind: entry.kind,
      id: entry.id,
      url: call.urlOf(entry),
      revision: entry.seq,
      updated_at: entry.updatedAt.toISOString(),
    }));
    return { items, next };
  },
  rest: {
    method: 'get',
    path: '/documents',
    output: listSchema,
    query: { kind: 'text', status: 'text', text: 'text', after: 'text', limit: 'integer' },
    answer: (list) => ({ body: list }),
  },
  mcp: {
    tool: 'search',
    title: 'Search documents',
    description:
      'Lists documents, newest change first; with text, those in whose title, text or steps every word of it begins a ' +
      'word ("pass mig" finds "Migrate to passkeys"). Each line has the document’s ' +
      'name (what the other tools take as document), title, status, steps done, revision and the address a person ' +
      'opens. The list may lag a moment behind the documents themselves.',
    annotations: READING,
    text({ items, next }) {
      if (items.length === 0) return 'No document matches.';
      const lines = items.map(
        ({ document, title, revision, updated_at, url, ...data }) =>
          `- ${document} ${JSON.stringify(title)} ${about(data)}rev ${revision}, changed ${updated_at}, ${url}`,
      );
      if (next !== null) lines.push(`More: call search again with after: ${JSON.stringify(next)}`);
      return lines.join('\n');
    },
  },
});

function about(data: Record<string, unknown>): string {
  const { status, done, total } = data;
  return `${typeof status === 'string' ? `${status}, ` : ''}${typeof total === 'number' ? `${done}/${total} done, ` : ''}`;
}

export const createDocument = defineOperation({
  name: 'documents.create',
  summary: 'Create a document',
  scope: 'write',
  input: planFieldsSchema.extend({
    kind: z.enum(KINDS).default('plan'),
    id: shortIdSchema.optional().describe('Its id; left out, one is made'),
    title: planFieldsSchema.shape.title.unwrap().describe(`1–${PLAN_LIMITS.title} characters`),
    steps: z.array(newStepSchema).max(PLAN_LIMITS.newSteps).default([]).describe('What is to be done, in order'),
    markdown: z.string().optional().describe('The text below the steps, as Markdown'),
  }),
  async handle({ kind, id, markdown, steps, ...fields }, call) {
    const { workspace, principal } = call.grant;
    const own = id ?? createdId(workspace, actorOf(principal), call.commandId);
    const blocks = await call.markdown.read({ blocks: markdown ?? '' });
    const ref = { workspace, kind, id: own };
    return write(call, ref, { verb: 'plan.create', args: { ...fields, steps, blocks } });
  },
  rest: {
    method: 'post',
    path: '/documents',
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
    description:
      'Makes a plan that people open, review and edit live with you. Put what is to be done into steps (short titles, ' +
      'one action each): people and agents tick them one by one. Put background, decisions and open questions into ' +
      'markdown, without repeating title or steps. Answers with the document’s name, the ids of its steps, and the url ' +
      'to give to the person. With op_id, the same call sent again meets the same document.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    text: writtenText,
  },
});

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
      return { document, revision, url, plan: null, state: value };
    }
    const { revision, value } = await call.pods.read(what);
    return { document, revision, url, plan: value, state: null };
  },
  rest: {
    method: 'get',
    path: '/documents/:document',
    output: planSchema,
    query: { format: 'text', at_least: 'integer' },
    answer({ plan, state, ...read }, { format }) {
      const { revision } = read;
      if (plan === null) return { revision, body: state };
      return { revision, body: format === 'markdown' ? renderDocument(plan) : { ...read, ...plan } };
    },
  },
  mcp: {
    tool: 'read_document',
    title: 'Read a document',
    description:
      'Reads a document as Markdown. The first line is its revision ("rev: 12"). A step reads "- [x] 1. Title {@id}": ' +
      'the id in {@…} is what update_plan takes as step. A block of text ends in its anchor, {#anchor}: what ' +
      'edit_document takes as block. Anchors and ids are not part of the text; never quote them. A long document comes ' +
      'in pages: call again with the cursor given at the end.',
    annotations: READING,
    input: z.strictObject({
      ...readInput,
      cursor: z.string().max(40).optional().describe('Where to go on, as the page before gave it'),
    }),
    text({ plan, ...read }, { args, pageCharacters }) {
      const head = [`rev: ${read.revision}`, `document: ${read.document}`, `url: ${read.url}`].join('\n');
      const part = page(renderDocument(plan!), {
        revision: read.revision,
        cursor: args['cursor'] as string | undefined,
        characters: pageCharacters,
      });
      return [head, part.note, part.text, part.more].filter(Boolean).join('\n\n');
    },
  },
});
