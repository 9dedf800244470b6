import {
  afterSchema,
  documentNameSchema,
  type DocumentRef,
  MAX_CHANGES,
  newStepSchema,
  type PlanChange,
  planChangeSchema,
  planFieldsSchema,
  shortIdSchema,
  stepFieldsSchema,
} from '@syncline/protocol';
import * as z from 'zod';
import { defineBatchCommand } from '../kind.ts';
import { invalid } from '../validate.ts';
import { writtenSchema } from '../operations/answers.ts';
import { bareName } from '../operations/names.ts';
import { type Call, defineOperation } from '../operations/operation.ts';
import { baseRev, documentRef, write, writtenAnswer, writtenText } from '../operations/writes.ts';

const plan = { id: shortIdSchema };
const step = { ...plan, step: z.string().min(1).max(64) };

function update(call: Call, document: DocumentRef, changes: PlanChange[], base_rev: number | undefined) {
  if (changes.length === 0)
    throw invalid([{ field: '', message: 'nothing is to be changed: name at least one field' }]);
  return write(call, document, { verb: 'plan.update', args: { changes, base_rev } });
}

function planOf(call: Call, id: string): DocumentRef {
  return { workspace: call.grant.workspace, kind: 'plan', id };
}

const setPlanFields = defineOperation({
  name: 'plans.set',
  summary: 'Change a plan’s title, status, repo, pull request or owner',
  scope: 'write',
  input: planFieldsSchema.extend({ ...plan, ...baseRev }),
  handle: ({ id, base_rev, ...fields }, call) =>
    update(call, planOf(call, id), hasFields(fields) ? [{ op: 'set', ...fields }] : [], base_rev),
  rest: { method: 'patch', path: '/plans/:id', output: writtenSchema, answer: writtenAnswer },
});

const addStep = defineOperation({
  name: 'plans.add_step',
  summary: 'Add a step to a plan',
  scope: 'write',
  input: newStepSchema.extend({ ...plan, after: afterSchema.optional(), ...baseRev }),
  handle: ({ id, base_rev, ...fields }, call) =>
    update(call, planOf(call, id), [{ op: 'add_step', ...fields }], base_rev),
  rest: { method: 'post', path: '/plans/:id/steps', status: 201, output: writtenSchema, answer: writtenAnswer },
});

const editStep = defineOperation({
  name: 'plans.edit_step',
  summary: 'Tick, rename, annotate, assign or move a step',
  scope: 'write',
  input: stepFieldsSchema.extend({ ...step, after: afterSchema.optional(), ...baseRev }),
  handle({ id, step, after, base_rev, ...fields }, call) {
    const changes: PlanChange[] = [];
    if (hasFields(fields)) changes.push({ op: 'edit_step', step, ...fields });
    if (after !== undefined) changes.push({ op: 'move_step', step, after });
    return update(call, planOf(call, id), changes, base_rev);
  },
  rest: { method: 'patch', path: '/plans/:id/steps/:step', output: writtenSchema, answer: writtenAnswer },
});

const removeStep = defineOperation({
  name: 'plans.remove_step',
  summary: 'Remove a step from a plan',
  scope: 'write',
  input: z.strictObject({ ...step, ...baseRev }),
  handle: ({ id, step, base_rev }, call) => update(call, planOf(call, id), [{ op: 'remove_step', step }], base_rev),
  rest: { method: 'delete', path: '/plans/:id/steps/:step', output: writtenSchema, answer: writtenAnswer },
});

const updatePlan = defineOperation({
  name: 'plans.update',
  summary: 'Change a plan’s fields and steps, all together or not at all',
  scope: 'write',
  input: z.strictObject({
    document: documentNameSchema.describe('The plan’s name, plan:<id>'),
    changes: z.array(planChangeSchema).min(1).max(MAX_CHANGES).describe('Carried out in order, all or none'),
    ...baseRev,
  }),
  handle: ({ document, changes, base_rev }, call) =>
    update(call, documentRef(call, document), changes.map(withBareNames), base_rev),
  mcp: {
    tool: 'update_plan',
    title: 'Update a plan',
    description:
      'Changes a plan’s steps and its own fields; all changes are made or none. Step ids are what read_document shows ' +
      'in {@…}. Tick a step as soon as it is done, so that people see how far you are: ' +
      '{"op":"edit_step","step":"k3f9a","done":true}. Add one: {"op":"add_step","title":"Write the migration",' +
      '"after":"k3f9a"} (without after: last). Move: {"op":"move_step","step":"k3f9a","after":null} (null: first). ' +
      'Remove: {"op":"remove_step","step":"k3f9a"}. Plan fields: {"op":"set","status":"in_review"}. The plan’s text is ' +
      'edited with edit_document.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    text: writtenText,
  },
});

function hasFields(fields: object): boolean {
  return Object.values(fields).some((value) => value !== undefined);
}

export const UPDATE_COMMAND = defineBatchCommand({
  command: 'plan.update',
  fields: z.strictObject({
    changes: z.array(planChangeSchema).min(1).max(MAX_CHANGES).describe('As the tool update_plan takes them'),
  }),
  read: async ({ changes }) => ({ verb: 'plan.update', args: { changes: changes.map(withBareNames) } }),
});

export const PLAN_OPERATIONS = [updatePlan, setPlanFields, addStep, editStep, removeStep];

/** The change with the names that a model copies with their brackets as they are meant. */
function withBareNames(change: PlanChange): PlanChange {
  const { step, after } = change;
  return {
    ...change,
    ...(step !== undefined && { step: bareName(step) }),
    ...(typeof after === 'string' && { after: bareName(after) }),
  };
}
