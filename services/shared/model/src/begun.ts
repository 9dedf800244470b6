import type { Kind } from '@syncline/protocol';
import * as Y from 'yjs';
import { KIND_MODELS } from './kinds.ts';

/** Beside the fields that every kind has. */
const FIELD = 'begun';

/** Whether a document is no more than what all of its kind are born with, now or earlier: nobody has begun it (M22). */
export function isBlank(doc: Y.Doc, kind: Kind): boolean {
  const born = Y.decodeStateVector(Y.encodeStateVectorFromUpdate(KIND_MODELS[kind].seed));
  const known = [...Y.decodeStateVector(Y.encodeStateVector(doc))];
  if (known.some(([client, clock]) => clock > (born.get(client) ?? 0))) return false;
  return Y.createDeleteSetFromStructStore(doc.store).clients.size === 0;
}

/**
 * Begins a document without saying anything in it (M22). The mark is a field of its own: a value that has a meaning
 * could win over what somebody else has set at the same time.
 */
export function begin(doc: Y.Doc): void {
  const metadata = doc.getMap('metadata');
  if (metadata.get(FIELD) !== true) metadata.set(FIELD, true);
}
