import { runCommands } from './batch.ts';
import { createDocument, listDocuments, readDocument } from './documents.ts';
import { editDocument } from './edits.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';
import { createLink, listLinks, revokeLink } from './links.ts';
import type { Operation } from './operation.ts';
import { addStep, editStep, removeStep, setPlanFields, updatePlan } from './plans.ts';
import { listRights, removeRight, setRight } from './rights.ts';
import { createToken } from './tokens.ts';
import { deleteDocument, renameDocument, undeleteDocument } from './whole-documents.ts';

/** All that can be asked; order is the order in which tools are listed. */
export const OPERATIONS: readonly Operation[] = [
  listDocuments,
  readDocument,
  createDocument,
  updatePlan,
  editDocument,
  renameDocument,
  deleteDocument,
  undeleteDocument,
  runCommands,
  setPlanFields,
  addStep,
  editStep,
  removeStep,
  createKey,
  listKeys,
  revokeKey,
  createToken,
  createLink,
  listLinks,
  revokeLink,
  listRights,
  setRight,
  removeRight,
];
