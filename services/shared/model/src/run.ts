import type * as Y from 'yjs';
import type { ModelDeps } from './blocks/content.ts';

/**
 * What each verb does, in a transaction of its caller's.
 * @returns ids of what it concerned
 * @throws Refusal; the document may then be half changed
 */
export type Runs<V extends { verb: string; args: unknown }> = {
  [Name in V['verb']]: (doc: Y.Doc, args: Extract<V, { verb: Name }>['args'], deps: ModelDeps) => string[];
};
