/** The most characters that a document's title has where it is shown. */
export const DOC_LIMITS = { title: 200 } as const;

/** A document of an application as plain data; what `format=json` answers. */
export interface Doc {
  kind: 'doc';
  /** What the application calls it; empty where it does not say. */
  title: string;
  /** Its roots, as far as their types can be told. */
  roots: Record<string, unknown>;
}

/** What lists show of one. */
export interface DocSummary {
  title: string;
}
