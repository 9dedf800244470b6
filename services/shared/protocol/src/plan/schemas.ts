import * as z from 'zod';
import { blockInputSchema } from '../block-schemas.ts';
import { PLAN_LIMITS, PLAN_STATUSES } from './plan.ts';

const titleSchema = z.string().trim().min(1).max(PLAN_LIMITS.title);
const stepTitleSchema = z.string().trim().min(1).max(PLAN_LIMITS.stepTitle);
const noteSchema = z.string().max(PLAN_LIMITS.note);
const nameSchema = z.string().max(PLAN_LIMITS.name);

export const planFieldsSchema = z.strictObject({
  title: titleSchema.optional().describe(`The plan’s title, 1–${PLAN_LIMITS.title} characters`),
  status: z.enum(PLAN_STATUSES).optional(),
  repo: nameSchema.optional().describe('The repository it is about'),
  pr: nameSchema.optional().describe('The pull request it became'),
  owner: nameSchema.optional().describe('Who answers for it'),
});
export type PlanFields = z.infer<typeof planFieldsSchema>;

export const stepFieldsSchema = z.strictObject({
  title: stepTitleSchema.optional().describe(`What is to be done, 1–${PLAN_LIMITS.stepTitle} characters`),
  done: z.boolean().optional().describe('true ticks the step, false unticks it'),
  note: noteSchema.optional(),
  assignee: nameSchema.optional(),
});
export type StepFields = z.infer<typeof stepFieldsSchema>;

export const newStepSchema = stepFieldsSchema.extend({ title: stepTitleSchema });
export type NewStep = z.infer<typeof newStepSchema>;

/** Where a step goes: behind the step with this id, or first when null. */
export const afterSchema = z.string().nullable().describe('The id of the step that it comes after; null puts it first');

export const PLAN_CHANGE_OPS = ['set', 'add_step', 'edit_step', 'move_step', 'remove_step'] as const;

/** One change to a plan; flat, because models fill flat objects better than unions. */
export const planChangeSchema = z
  .strictObject({
    op: z
      .enum(PLAN_CHANGE_OPS)
      .describe(
        'set: the plan’s own fields (title, status, repo, pr, owner). add_step: title, and after, done, note, assignee. ' +
          'edit_step: step, and what changes (done: true ticks it). move_step: step and after. remove_step: step.',
      ),
    step: z.string().optional().describe('A step’s id, as read_document shows it in {@…}'),
    after: afterSchema.optional(),
    title: stepTitleSchema.optional(),
    done: z.boolean().optional(),
    note: noteSchema.optional(),
    assignee: nameSchema.optional(),
    status: z.enum(PLAN_STATUSES).optional(),
    repo: nameSchema.optional(),
    pr: nameSchema.optional(),
    owner: nameSchema.optional(),
  })
  .superRefine((change, context) => {
    const { required, allowed } = PLAN_CHANGE_FIELDS[change.op];
    for (const field of required) {
      if (change[field] === undefined)
        context.addIssue({ code: 'custom', path: [field], message: `${change.op} needs ${field}` });
    }
    for (const field of Object.keys(change) as (keyof typeof change)[]) {
      if (field !== 'op' && change[field] !== undefined && !allowed.includes(field))
        context.addIssue({ code: 'custom', path: [field], message: `${change.op} does not take ${field}` });
    }
    if (change.op === 'set' && change.title !== undefined && !titleSchema.safeParse(change.title).success)
      context.addIssue({
        code: 'custom',
        path: ['title'],
        message: `a plan’s title has at most ${PLAN_LIMITS.title} characters`,
      });
  });
export type PlanChange = z.infer<typeof planChangeSchema>;

type ChangeField = 'step' | 'after' | 'title' | 'done' | 'note' | 'assignee' | 'status' | 'repo' | 'pr' | 'owner';

const PLAN_CHANGE_FIELDS: Record<
  (typeof PLAN_CHANGE_OPS)[number],
  { required: readonly ChangeField[]; allowed: readonly string[] }
> = {
  set: { required: [], allowed: ['title', 'status', 'repo', 'pr', 'owner'] },
  add_step: { required: ['title'], allowed: ['title', 'after', 'done', 'note', 'assignee'] },
  edit_step: { required: ['step'], allowed: ['step', 'title', 'done', 'note', 'assignee'] },
  move_step: { required: ['step', 'after'], allowed: ['step', 'after'] },
  remove_step: { required: ['step'], allowed: ['step'] },
};

export const planCreateArgsSchema = planFieldsSchema.extend({
  title: titleSchema,
  steps: z.array(newStepSchema).max(PLAN_LIMITS.newSteps),
  blocks: z.array(blockInputSchema),
});
export type PlanCreateArgs = z.infer<typeof planCreateArgsSchema>;
