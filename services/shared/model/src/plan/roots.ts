import * as Y from 'yjs';

/** The document as BlockNote's editor and our edits share it. */
export const DOCUMENT_ROOT = 'document';

/** A plan's roots, as they lie in its Y.Doc. */
export interface PlanRoots {
  /** title (a Y.Text), status, repo, pr, owner; begun, deleted */
  metadata: Y.Map<unknown>;
  /** step id → Y.Map of title and note (each a Y.Text), done, order, assignee, removed */
  steps: Y.Map<unknown>;
  /** The text, in BlockNote's structure. */
  document: Y.XmlFragment;
}

/** Names the roots of a plan; writes nothing. */
export function planRoots(doc: Y.Doc): PlanRoots {
  return {
    metadata: doc.getMap('metadata'),
    steps: doc.getMap('steps'),
    document: doc.getXmlFragment(DOCUMENT_ROOT),
  };
}
