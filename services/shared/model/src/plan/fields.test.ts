import {
  newStepSchema,
  PLAN_LIMITS,
  PLAN_STATUSES,
  planFieldsSchema,
  Refusal,
  stepFieldsSchema,
} from '@syncline/protocol';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedNewStep, checkedPlanFields, checkedStepFields } from './fields.ts';

const doors = {
  'plan fields': [planFieldsSchema, checkedPlanFields],
  'step fields': [stepFieldsSchema, checkedStepFields],
  'a new step': [newStepSchema, checkedNewStep],
} as const;

const lengths = Object.values(PLAN_LIMITS).flatMap((limit) => [limit - 1, limit, limit + 1]);
const value = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 7, [], {}, ...PLAN_STATUSES, 'closed'),
  fc.constantFrom('', ' ', '\n\u00a0', ' a '),
  fc.constantFrom(...lengths).map((length) => 'x'.repeat(length)),
  fc.constantFrom(...lengths).map((length) => ` ${'😀'.repeat(length / 2)}\t`),
);
const name = fc.constantFrom('title', 'status', 'repo', 'pr', 'owner', 'done', 'note', 'assignee', 'toString', 'step');

describe.each(Object.entries(doors))('%s', (_, [schema, checked]) => {
  it('[M4] is taken and refused exactly as the schema at the door does', () => {
    const objects = fc.dictionary(name, value, { maxKeys: 3 });
    fc.assert(
      fc.property(objects, (fields) => {
        const parsed = schema.safeParse(fields);
        expect(outcomeOf(() => checked(fields as never))).toEqual(parsed.success ? parsed.data : 'refused');
      }),
      { numRuns: 2000 },
    );
  });
});

function outcomeOf(act: () => object): object | 'refused' {
  try {
    return act();
  } catch (error) {
    if (error instanceof Refusal) return 'refused';
    throw error;
  }
}
