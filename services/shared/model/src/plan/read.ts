import { type Plan, PLAN_STATUSES, type PlanStatus } from '@syncline/protocol';
import * as Y from 'yjs';
import { readBlocks } from '../blocks/read.ts';
import { planRoots } from './roots.ts';
import { readLine } from '../text.ts';
import { readSteps, text } from './step-entry.ts';

/** A plan's own fields. */
export type PlanHead = Pick<Plan, 'title' | 'status' | 'repo' | 'pr' | 'owner'>;

/** Reads a plan as plain data, whatever state its document is in; writes nothing (M2). */
export function readPlan(doc: Y.Doc): Plan {
  return {
    kind: 'plan',
    ...readPlanHead(doc),
    steps: readSteps(doc),
    blocks: readBlocks(planRoots(doc).document),
  };
}

/** Reads a plan's own fields. */
export function readPlanHead(doc: Y.Doc): PlanHead {
  const { metadata } = planRoots(doc);
  return {
    title: readLine(metadata, 'title'),
    status: statusOf(metadata.get('status')),
    repo: text(metadata.get('repo')),
    pr: text(metadata.get('pr')),
    owner: text(metadata.get('owner')),
  };
}

function statusOf(value: unknown): PlanStatus {
  return PLAN_STATUSES.find((status) => status === value) ?? 'draft';
}
