import { createDocument, listDocuments, readDocument } from './documents.ts';
import { editDocument } from './edits.ts';
import type { Operation } from './operation.ts';
import { addStep, editStep, removeStep, setPlanFields, updatePlan } from './plans.ts';

/** All that can be asked; order is the order in which tools are listed. */
export const OPERATIONS: readonly Operation[] = [
  listDocuments,
  readDocument,
  createDocument,
  updatePlan,
  editDocument,
  setPlanFields,
  addStep,
  editStep,
  removeStep,
];
