import {
  documentName,
  type DocumentRef,
  parseDocumentName,
  Refusal,
  revisionSchema,
  type Verb,
} from '@syncline/protocol';
import type { Call, RestAnswer } from './operation.ts';

/** The strict precondition, for callers that want one: REST spells it `If-Match` as well. */
export const baseRev = {
  base_rev: revisionSchema
    .optional()
    .describe('Refuse unless the document is still at this revision; leave out to merge with what others do'),
};
/** What every write answers. */
export interface Written {
  document: string;
  revision: number;
  changed: string[];
  url: string;
}

/** Sends a verb to the document and gives what it changed. */
export async function write(call: Call, document: DocumentRef, verb: Verb): Promise<Written> {
  const { grant, commandId } = call;
  const { revision, value } = await call.pods.command({ document, grant, commandId, verb });
  return { document: documentName(document), revision, changed: value.changed, url: call.urlOf(document) };
}

/** A write as REST answers it. */
export function writtenAnswer(written: Written): RestAnswer {
  return { revision: written.revision, body: written };
}

/** A write as a model reads it. */
export function writtenText(written: Written): string {
  return [
    `rev: ${written.revision}`,
    `document: ${written.document}`,
    `changed: ${written.changed.join(', ') || 'nothing'}`,
    `url: ${written.url}`,
  ].join('\n');
}

/** The document that a name means in the caller's workspace. */
export function documentRef(call: Call, name: string): DocumentRef {
  const parsed = parseDocumentName(name);
  if (parsed === null) throw new Refusal('invalid_request', `"${name}" is no document's name.`);
  return { workspace: call.grant.workspace, ...parsed };
}
