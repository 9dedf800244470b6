import { docTitleSchema } from '@syncline/protocol';
import * as z from 'zod';
import { defineCreate, type GatewayKind } from '../kind.ts';
import { DOC_OPERATIONS, update } from './operations.ts';

export const DOC: GatewayKind<'doc'> = {
  operations: DOC_OPERATIONS,
  create: defineCreate({
    fields: z.strictObject({ title: docTitleSchema.optional(), update: update.optional() }),
    verb: async (fields) => ({ verb: 'doc.create', args: fields }),
  }),
  rename: (title) => ({ verb: 'doc.rename', args: { title } }),
  batch: [],
  answer: {
    kind: z.literal('doc'),
    title: z.string().describe('As the application says; may be empty'),
    roots: z.record(z.string(), z.unknown()).describe('As far as their types can be told'),
  },
  summary: {},
  statuses: [],
  line: () => '',
};
