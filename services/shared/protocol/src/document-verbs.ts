/** The verbs that are no single kind's. */
import * as z from 'zod';
import { editSchema } from './edits.ts';
import { baseRev, changesOf, type VerbRow } from './verb-row.ts';

/** Of kinds whose text is made of blocks. */
export const BLOCK_VERBS = {
  'document.edit': {
    args: z.strictObject({ edits: changesOf(editSchema), ...baseRev }),
    role: 'editor',
    inBatch: true,
  },
} as const satisfies Record<string, VerbRow>;

/** Of every kind. */
export const WHOLE_VERBS = {
  'document.delete': { args: z.strictObject(baseRev), role: 'editor' },
  'document.undelete': { args: z.strictObject(baseRev), role: 'editor' },
} as const satisfies Record<string, VerbRow>;
