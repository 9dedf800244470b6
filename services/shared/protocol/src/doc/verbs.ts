import * as z from 'zod';
import { baseRev, type VerbRow } from '../verb-row.ts';
import { docTitleSchema, updateSchema } from './schemas.ts';

export const DOC_VERBS = {
  'doc.create': {
    args: z.strictObject({ title: docTitleSchema.optional(), update: updateSchema.optional() }),
    role: 'editor',
    creates: true,
  },
  'doc.apply': { args: z.strictObject({ update: updateSchema, ...baseRev }), role: 'editor' },
  'doc.rename': { args: z.strictObject({ title: docTitleSchema, ...baseRev }), role: 'editor' },
} as const satisfies Record<string, VerbRow>;
