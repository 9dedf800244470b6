import { DEFAULT_KIND, KIND_ROWS, parseDocumentName } from '@syncline/protocol';

/** What stands in the place of a title that a document has not. @param name `<kind>:<id>` */
export function untitled(name: string): string {
  const { kind } = parseDocumentName(name) ?? { kind: DEFAULT_KIND };
  return `Untitled ${KIND_ROWS[kind].label.toLowerCase()}`;
}
