/**
 * What only the server writes in a document (M23).
 *
 * It writes there as clients of its own, whose numbers nobody else may use. So whether an update reaches such a place
 * shows in the update alone, by these numbers or by the place's name: also where what it hangs on has yet to come.
 */
import type * as Y from 'yjs';

/** Has what the server keeps of a document of whatever kind. No application chooses this name for a root of its own. */
export const SERVER_ROOT = '$syncline';

/** The highest numbers that every implementation of Yjs holds. Yjs itself takes 32 bits for those of its clients. */
const FIRST_SERVER_CLIENT = 2 ** 53 - 2 ** 32;

/** Whether a client is the server. */
export function isServer(client: number): boolean {
  return client >= FIRST_SERVER_CLIENT;
}

/** Writes where nobody else may, and nowhere else. */
export function asServer(doc: Y.Doc, write: () => void): void {
  const own = doc.clientID;
  doc.transact(() => {
    doc.clientID = FIRST_SERVER_CLIENT + own;
    try {
      write();
    } finally {
      doc.clientID = own;
    }
  });
}
