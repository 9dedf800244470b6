/** What the verbs of applications' documents do. */
import { type KindVerb, Refusal } from '@syncline/protocol';
import { fromBase64 } from 'lib0/buffer';
import * as Y from 'yjs';
import { isBlank } from '../begun.ts';
import { wellFormed } from '../blocks/surface.ts';
import type { Runs } from '../run.ts';
import { setText } from '../set-text.ts';
import { LISTED_ROOT } from './roots.ts';

export const DOC_RUNS: Runs<KindVerb<'doc'>> = {
  'doc.create': (doc, { title, update }) => {
    if (!isBlank(doc, 'doc'))
      throw new Refusal('exists', 'id: there already is a document under this id. Choose another, or change that one.');
    if (update !== undefined) apply(doc, update);
    return title === undefined ? [] : rename(doc, title);
  },
  'doc.apply': (doc, { update }) => apply(doc, update),
  'doc.rename': (doc, { title }) => rename(doc, title),
};

/** A title that is a text stays one, with what others type into it; else it is a string. @returns nothing that has a name */
function rename(doc: Y.Doc, title: string): [] {
  const listed = doc.getMap(LISTED_ROOT);
  const value = listed.get('title');
  if (value instanceof Y.Text) setText(listed, 'title', title);
  else if (value !== title) listed.set('title', wellFormed(title));
  return [];
}

/**
 * Applies what an application says. All of it takes effect now: of what waits for something else nobody could say that
 * it is done.
 * @returns nothing that has a name
 */
function apply(doc: Y.Doc, base64: string): [] {
  const update = fromBase64(base64);
  try {
    Y.applyUpdate(doc, update);
  } catch {
    throw new Refusal('invalid_request', 'update: it cannot be applied: what it says contradicts itself.');
  }
  if (!isIn(doc, update))
    throw new Refusal(
      'conflict',
      'update: it goes on from changes that the document does not have. Send all that it goes on from with it: ' +
        'encodeStateAsUpdate(doc, <state vector of the document as read>).',
    );
  return [];
}

function isIn({ store }: Y.Doc, update: Uint8Array): boolean {
  const { structs, ds } = Y.decodeUpdate(update);
  const has = (client: number, end: number) => end <= Y.getState(store, client);
  return (
    structs.every((struct) => struct instanceof Y.Skip || has(struct.id.client, struct.id.clock + struct.length)) &&
    [...ds.clients].every(([client, ranges]) => ranges.every(({ clock, len }) => has(client, clock + len)))
  );
}
