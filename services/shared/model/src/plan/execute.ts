import { type CommandResult, type PlanChange, type PlanCreateArgs, Refusal, type Verb } from '@syncline/protocol';
import * as Y from 'yjs';
import type { ModelDeps } from '../blocks/content.ts';
import { editBlocks } from '../blocks/edit.ts';
import { isBlank } from '../blocks/place.ts';
import { isDeleted, setDeleted } from '../deleted.ts';
import { inOrder } from '../in-order.ts';
import { planRoots } from '../roots.ts';
import { readPlanHead } from './read.ts';
import { plantSeed } from './seed.ts';
import { editStep, setPlanFields } from './set-fields.ts';
import { addStep, moveStep, removeStep } from './steps.ts';

/**
 * Carries out one command in one transaction. `base_rev` is the caller's to check.
 *
 * After a refusal the document may be half changed (Yjs cannot roll back), so the caller works on a copy and throws it
 * away (M5).
 * @returns what changed: ids of steps, anchors of blocks
 * @throws Refusal `not_found`, `conflict`, `exists` or `invalid_request`
 */
export function execute(doc: Y.Doc, verb: Verb, deps: ModelDeps): CommandResult {
  const changed = doc.transact(() => {
    plantSeed(doc);
    if (isDeleted(doc)) requireUndelete(verb);
    return carryOut(doc, verb, deps);
  });
  return { changed: [...new Set(changed)] };
}

function carryOut(doc: Y.Doc, { verb, args }: Verb, deps: ModelDeps): string[] {
  switch (verb) {
    case 'plan.create':
      return create(doc, args, deps);
    case 'plan.update':
      return inOrder(args.changes, (change) => update(doc, change, deps));
    case 'document.edit':
      return editBlocks(planRoots(doc).document, args.edits, deps);
    case 'document.delete':
      return setDeleted(doc, true);
    case 'document.undelete':
      return setDeleted(doc, false);
    case 'document.batch':
      return inOrder(args.commands, (command) => carryOut(doc, command, deps));
  }
}

/** @throws Refusal for everything else (M17) */
function requireUndelete({ verb }: Verb): void {
  if (verb === 'document.undelete') return;
  if (verb.endsWith('.create'))
    throw new Refusal('exists', 'id: the document under this id was deleted. Choose another, or undelete that one.');
  throw new Refusal('not_found', 'The document was deleted. Undelete it first.');
}

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
