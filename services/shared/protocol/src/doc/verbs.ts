import * as z from 'zod';
import { baseRev, type VerbRow } from '../verb-row.ts';
import { docTitleSchema } from './schemas.ts';

export const DOC_VERBS = {
  'doc.create': { args: z.strictObject({ title: docTitleSchema.optional() }), role: 'editor', creates: true },
  'doc.rename': { args: z.strictObject({ title: docTitleSchema, ...baseRev }), role: 'editor' },
} as const satisfies Record<string, VerbRow>;
