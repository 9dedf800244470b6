import * as Y from 'yjs';

/** Says nothing: an application's document begins with what the application writes first. */
export const NO_SEED: Uint8Array = Y.encodeStateAsUpdate(new Y.Doc());
