import { documentName, KINDS } from '@syncline/protocol';
import * as z from 'zod';
import { GATEWAY_KINDS, ofEachKind } from '../kinds.ts';
import { at, moment } from './answers.ts';
import { fieldsOfAny } from './fields-of-any.ts';
import { defineOperation, READING } from './operation.ts';

const statuses = [...new Set(ofEachKind((kind) => kind.statuses).flat())] as [string, ...string[]];

const summarySchema = z.object({
  ...at,
  kind: z.enum(KINDS),
  id: z.string(),
  title: z.string(),
  ...fieldsOfAny(ofEachKind(({ summary }) => summary)),
  updated_at: moment,
});
const listSchema = z.object({
  items: z.array(summarySchema.meta({ id: 'DocumentSummary' })),
  next: z.string().nullable().describe('Give it as after for the next page; null on the last'),
});

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
    status: z.enum(statuses).optional().describe('Only documents of this status'),
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
        ({ document, kind, title, revision, updated_at, url, ...data }) =>
          `- ${document} ${JSON.stringify(title)} ${GATEWAY_KINDS[kind].line(data)}rev ${revision}, changed ${updated_at}, ${url}`,
      );
      if (next !== null) lines.push(`More: call search again with after: ${JSON.stringify(next)}`);
      return lines.join('\n');
    },
  },
});
