export { anchorOf } from './blocks/anchor.ts';
export { begin, isBlank } from './begun.ts';
export type { ModelDeps } from './blocks/content.ts';
export { isDeleted, onDeleted } from './deleted.ts';
export { EDITOR_SCHEMA, needEditorSchema, neededEditorSchema, onNeededEditorSchema } from './editor-schema.ts';
export { KIND_MODELS, type KindModel } from './kinds.ts';
export { execute } from './plan/execute.ts';
export { type PlanHead, readPlanHead } from './plan/read.ts';
export { readSteps } from './plan/step-entry.ts';
export {
  addStep,
  editStep,
  joinStep,
  moveStep,
  removeStep,
  restoreStep,
  setPlanFields,
  splitStep,
} from './plan/steps.ts';
export { type PlanRoots, planRoots } from './roots.ts';
export { readText, textOf } from './text.ts';
export { guardUndo } from './undo.ts';
