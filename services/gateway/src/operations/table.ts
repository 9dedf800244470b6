import { ofEachKind } from '../kinds.ts';
import { runCommands } from './batch.ts';
import { createDocument } from './create.ts';
import { editDocument } from './edits.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';
import { createLink, listLinks, revokeLink } from './links.ts';
import { listDocuments } from './list.ts';
import type { Operation } from './operation.ts';
import { readDocument } from './read.ts';
import { listRights, removeRight, setRight } from './rights.ts';
import { createToken } from './tokens.ts';
import { deleteDocument, renameDocument, undeleteDocument } from './whole-documents.ts';

const ofKinds = ofEachKind(({ operations }) => operations).flat();

/** All that can be asked; order is the order in which tools are listed. */
export const OPERATIONS: readonly Operation[] = [
  listDocuments,
  readDocument,
  createDocument,
  ...ofKinds.filter(({ mcp }) => mcp),
  editDocument,
  renameDocument,
  deleteDocument,
  undeleteDocument,
  runCommands,
  ...ofKinds.filter(({ mcp }) => !mcp),
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
