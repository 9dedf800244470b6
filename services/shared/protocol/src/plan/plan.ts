import type { Block } from '../blocks.ts';

export const PLAN_STATUSES = ['draft', 'in_review', 'changes_requested', 'approved', 'in_progress', 'done'] as const;
export type PlanStatus = (typeof PLAN_STATUSES)[number];

/**
 * The most characters that a plan's texts may have, and the most steps that it may be made with. The schemas, the
 * model's verbs and the fields in a browser all keep to these.
 */
export const PLAN_LIMITS = { title: 200, name: 200, stepTitle: 500, note: 4000, newSteps: 500 } as const;

/** A step as it is read: in order, removed ones left out. */
export interface Step {
  id: string;
  title: string;
  done: boolean;
  note: string;
  assignee: string;
}

/** A plan as plain data; what `format=json` answers. */
export interface Plan {
  kind: 'plan';
  title: string;
  status: PlanStatus;
  repo: string;
  pr: string;
  owner: string;
  steps: Step[];
  blocks: Block[];
}

/** What lists show of a plan, and the projection keeps. */
export interface PlanSummary {
  title: string;
  status: PlanStatus;
  done: number;
  total: number;
}
