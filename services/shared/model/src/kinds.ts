import type { Kind, Plan, PlanSummary } from '@syncline/protocol';
import type * as Y from 'yjs';
import { readPlan, summarizePlan } from './plan/read.ts';
import { PLAN_SEED } from './plan/seed.ts';

/** What is particular to one kind of document. */
export interface KindModel {
  /** The constant update that every document of this kind is born from. */
  seed: Uint8Array;
  /** Reads a document as plain data; tolerant, and writes nothing. */
  read(doc: Y.Doc): Plan;
  /** Reads what lists show. */
  summary(doc: Y.Doc): PlanSummary;
}

export const KIND_MODELS: Record<Kind, KindModel> = {
  plan: { seed: PLAN_SEED, read: readPlan, summary: summarizePlan },
};
