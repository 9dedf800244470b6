import * as z from 'zod';

/** The kinds of document there are. */
export const KINDS = ['plan'] as const;
export type Kind = (typeof KINDS)[number];

/** A document as people and agents name it: its workspace, its kind, and an id of 1–64 letters, digits, `_` or `-`. */
export interface DocumentRef {
  workspace: string;
  kind: Kind;
  id: string;
}

/** A document's internal id (a UUID derived from its {@link DocumentRef}); journal, subjects and channels know no other. */
export type DocumentId = string & { readonly __brand: 'DocumentId' };

/** A document's revision: the number of the last journal row it contains; 0 before the first. */
export type Seq = number;

/** The one workspace of open mode. */
export const DEFAULT_WORKSPACE = 'default';

export const workspaceSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'a workspace is 1–64 letters, digits, "_" or "-"');

export const shortIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'an id is 1–64 letters, digits, "_" or "-"');

export const documentNameSchema = z
  .string()
  .regex(
    new RegExp(`^(${KINDS.join('|')}):[A-Za-z0-9_-]{1,64}$`),
    `a document is named <kind>:<id>, with kind one of ${KINDS.join(', ')} and id of 1–64 letters, digits, "_" or "-"; for example plan:release-7`,
  );

export const documentRefSchema = z.strictObject({
  workspace: workspaceSchema,
  kind: z.enum(KINDS),
  id: shortIdSchema,
});

export const revisionSchema = z.int().nonnegative();

/**
 * Reads `<kind>:<id>`.
 * @returns the parts, or null when the text is no document's name
 */
export function parseDocumentName(name: string): { kind: Kind; id: string } | null {
  if (!documentNameSchema.safeParse(name).success) return null;
  const [kind, id] = name.split(':') as [Kind, string];
  return { kind, id };
}

/** `<kind>:<id>`, the name that addresses and sockets carry. */
export function documentName(ref: { kind: Kind; id: string }): string {
  return `${ref.kind}:${ref.id}`;
}
