/**
 * What may be written into a plan's fields. The same limits as protocol's schemas, which check what comes in from
 * outside; said again without zod, because the verbs run in browsers too.
 */
import {
  type NewStep,
  PLAN_LIMITS,
  PLAN_STATUSES,
  type PlanFields,
  type PlanStatus,
  Refusal,
  type StepFields,
} from '@syncline/protocol';

/** @throws Refusal `invalid_request` that names the field */
type Check<T> = (field: string, value: unknown) => T;
type Checks<T> = { [Field in keyof T]-?: Check<NonNullable<T[Field]>> };

const planFields: Checks<PlanFields> = {
  title: title(PLAN_LIMITS.title),
  status,
  repo: text(PLAN_LIMITS.name),
  pr: text(PLAN_LIMITS.name),
  owner: text(PLAN_LIMITS.name),
};

const stepFields: Checks<StepFields> = {
  title: title(PLAN_LIMITS.stepTitle),
  done: flag,
  note: text(PLAN_LIMITS.note),
  assignee: text(PLAN_LIMITS.name),
};

/** The fields as they are written: those that are absent or undefined are left out. */
export function checkedPlanFields(fields: PlanFields): PlanFields {
  return checked(planFields, fields);
}

export function checkedStepFields(fields: StepFields): StepFields {
  return checked(stepFields, fields);
}

export function checkedNewStep(step: NewStep): NewStep {
  return { ...checkedStepFields(step), title: stepFields.title('title', step.title) };
}

function checked<T extends object>(checks: Checks<T>, fields: T): T {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([field, value]) => [field, checkOf(checks, field)(field, value)])) as T;
}

function checkOf<T>(checks: Checks<T>, field: string): Check<unknown> {
  if (!Object.hasOwn(checks, field))
    throw invalid(field, `there is no such field; known are ${Object.keys(checks).join(', ')}`);
  return checks[field as keyof T];
}

function title(max: number): Check<string> {
  const atMost = text(max);
  return (field, value) => {
    const trimmed = typeof value === 'string' ? value.trim() : value;
    if (trimmed === '') throw invalid(field, 'must not be empty');
    return atMost(field, trimmed);
  };
}

function text(max: number): Check<string> {
  return (field, value) => {
    if (typeof value !== 'string') throw invalid(field, 'must be a text');
    // Counted as zod counts: an emoji is one character, of two code units.
    const length = value.length > max ? [...value].length : value.length;
    if (length > max) throw invalid(field, `has ${length} characters, and may have ${max}`);
    return value;
  };
}

function flag(field: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalid(field, 'must be true or false');
  return value;
}

function status(field: string, value: unknown): PlanStatus {
  const known = PLAN_STATUSES.find((candidate) => candidate === value);
  if (known === undefined) throw invalid(field, `must be one of ${PLAN_STATUSES.join(', ')}`);
  return known;
}

function invalid(field: string, problem: string): Refusal {
  return new Refusal('invalid_request', `${field}: ${problem}.`);
}
