import { type Kind, KINDS } from './kinds.ts';

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

/** What the ids of workspaces, documents and steps are made of. */
export const SHORT_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** `<kind>:<id>` */
export const DOCUMENT_NAME = new RegExp(`^(${KINDS.join('|')}):[A-Za-z0-9_-]{1,64}$`);

/**
 * Reads `<kind>:<id>`.
 * @returns the parts, or null when the text is no document's name
 */
export function parseDocumentName(name: string): { kind: Kind; id: string } | null {
  if (!DOCUMENT_NAME.test(name)) return null;
  const [kind, id] = name.split(':') as [Kind, string];
  return { kind, id };
}

/** `<kind>:<id>`, the name that addresses and sockets carry. */
export function documentName(ref: { kind: Kind; id: string }): string {
  return `${ref.kind}:${ref.id}`;
}
