import { PLAN_STATUSES } from '@syncline/protocol';
import * as z from 'zod';
import { blockSchema } from '../operations/answers.ts';

const stepSchema = z
  .object({ id: z.string(), title: z.string(), done: z.boolean(), note: z.string(), assignee: z.string() })
  .meta({ id: 'Step' });

/** What reading a plan answers. */
export const planAnswer = {
  kind: z.literal('plan'),
  title: z.string(),
  status: z.enum(PLAN_STATUSES),
  repo: z.string(),
  pr: z.string(),
  owner: z.string(),
  steps: z.array(stepSchema),
  blocks: z.array(blockSchema),
};

/** What lists show of one. */
export const planSummary = { status: z.enum(PLAN_STATUSES), done: z.int(), total: z.int() };
