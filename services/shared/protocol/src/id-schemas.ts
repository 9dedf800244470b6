import * as z from 'zod';
import { DOCUMENT_NAME, SHORT_ID } from './ids.ts';
import { DEFAULT_KIND, KINDS } from './kinds.ts';

export const workspaceSchema = z.string().regex(SHORT_ID, 'a workspace is 1–64 letters, digits, "_" or "-"');

export const shortIdSchema = z.string().regex(SHORT_ID, 'an id is 1–64 letters, digits, "_" or "-"');

export const documentNameSchema = z
  .string()
  .regex(
    DOCUMENT_NAME,
    `a document is named <kind>:<id>, with kind one of ${KINDS.join(', ')} and id of 1–64 letters, digits, "_" or "-"; for example ${DEFAULT_KIND}:release-7`,
  );

export const documentRefSchema = z.strictObject({
  workspace: workspaceSchema,
  kind: z.enum(KINDS),
  id: shortIdSchema,
});

export const revisionSchema = z.int().nonnegative();
