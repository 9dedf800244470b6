/** What the verbs of applications' documents do. */
import { type KindVerb, Refusal } from '@syncline/protocol';
import * as Y from 'yjs';
import { isBlank } from '../begun.ts';
import { wellFormed } from '../blocks/surface.ts';
import type { Runs } from '../run.ts';
import { setText } from '../set-text.ts';
import { LISTED_ROOT } from './roots.ts';

export const DOC_RUNS: Runs<KindVerb<'doc'>> = {
  'doc.create': (doc, { title }) => {
    if (!isBlank(doc, 'doc'))
      throw new Refusal('exists', 'id: there already is a document under this id. Choose another, or change that one.');
    return title === undefined ? [] : rename(doc, title);
  },
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
