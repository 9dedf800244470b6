import * as z from 'zod';
import { baseRev, changesOf, type VerbRow } from '../verb-row.ts';
import { planChangeSchema, planCreateArgsSchema } from './schemas.ts';

export const PLAN_VERBS = {
  'plan.create': { args: planCreateArgsSchema, role: 'editor', creates: true },
  'plan.update': {
    args: z.strictObject({ changes: changesOf(planChangeSchema), ...baseRev }),
    role: 'editor',
    inBatch: true,
  },
} as const satisfies Record<string, VerbRow>;
