import { PLAN_LIMITS, PLAN_STATUSES, newStepSchema, planFieldsSchema } from '@syncline/protocol';
import * as z from 'zod';
import { defineCreate, type GatewayKind } from '../kind.ts';
import { planAnswer, planSummary } from './answers.ts';
import { PLAN_OPERATIONS, UPDATE_COMMAND } from './operations.ts';
import { PLAN_TEXTS } from './texts.ts';

export const PLAN: GatewayKind<'plan'> = {
  operations: PLAN_OPERATIONS,
  create: defineCreate({
    fields: planFieldsSchema.extend({
      title: planFieldsSchema.shape.title.unwrap().describe(`1–${PLAN_LIMITS.title} characters`),
      steps: z.array(newStepSchema).max(PLAN_LIMITS.newSteps).default([]).describe('What is to be done, in order'),
      markdown: z.string().optional().describe('The text below the steps, as Markdown'),
    }),
    async verb({ markdown = '', ...fields }, call) {
      return { verb: 'plan.create', args: { ...fields, blocks: await call.markdown.read({ blocks: markdown }) } };
    },
  }),
  rename: (title) => ({ verb: 'plan.update', args: { changes: [{ op: 'set', title }] } }),
  batch: [UPDATE_COMMAND],
  answer: planAnswer,
  summary: planSummary,
  statuses: PLAN_STATUSES,
  line: ({ status, done, total }) =>
    `${typeof status === 'string' ? `${status}, ` : ''}${typeof total === 'number' ? `${String(done)}/${total} done, ` : ''}`,
  told: PLAN_TEXTS,
};
