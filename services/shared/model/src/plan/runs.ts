/** What the verbs of plans do. */
import { type KindVerb, type PlanChange, type PlanCreateArgs, Refusal } from '@syncline/protocol';
import type * as Y from 'yjs';
import type { ModelDeps } from '../blocks/content.ts';
import { editBlocks } from '../blocks/edit.ts';
import { isBlank } from '../blocks/place.ts';
import { inOrder } from '../in-order.ts';
import type { Runs } from '../run.ts';
import { readPlanHead } from './read.ts';
import { planRoots } from './roots.ts';
import { editStep, setPlanFields } from './set-fields.ts';
import { addStep, moveStep, removeStep } from './steps.ts';

export const PLAN_RUNS: Runs<KindVerb<'plan'>> = {
  'plan.create': create,
  'plan.update': (doc, { changes }, deps) => inOrder(changes, (change) => update(doc, change, deps)),
  'document.edit': (doc, { edits }, deps) => editBlocks(planRoots(doc).document, edits, deps),
};

function create(doc: Y.Doc, { steps, blocks, ...fields }: PlanCreateArgs, deps: ModelDeps): string[] {
  const roots = planRoots(doc);
  if (readPlanHead(doc).title !== '' || roots.steps.size > 0 || !isBlank(roots.document))
    throw new Refusal('exists', 'id: there already is a plan under this id. Choose another, or change that one.');
  setPlanFields(doc, fields);
  const ids = steps.map((step) => addStep(doc, step, deps));
  return [...ids, ...(blocks.length > 0 ? editBlocks(roots.document, [{ op: 'append', blocks }], deps) : [])];
}

/** @returns the ids of the steps that it concerned */
function update(doc: Y.Doc, change: PlanChange, deps: ModelDeps): string[] {
  const { op, step = '', after, title, done, note, assignee, status, repo, pr, owner } = change;
  switch (op) {
    case 'set':
      setPlanFields(doc, { title, status, repo, pr, owner });
      return [];
    case 'add_step':
      return [addStep(doc, { title: title ?? '', done, note, assignee, after }, deps)];
    case 'edit_step':
      editStep(doc, step, { title, done, note, assignee });
      return [step];
    case 'move_step':
      moveStep(doc, step, after ?? null);
      return [step];
    case 'remove_step':
      removeStep(doc, step);
      return [step];
  }
}
