import { KIND_READERS } from '@syncline/model';
import type * as Y from 'yjs';
import type { Ground } from './ground.ts';
import { placeFor } from './words.ts';

/** Under names that mean something in a plan, and nothing here. */
const textOf = (doc: Y.Doc) => doc.getText('metadata');
const partsOf = (doc: Y.Doc) => doc.getMap('steps');

/** A document of an application's own: a text, and a map beside it; agents name it. */
export const DOC_GROUND: Ground = {
  kind: 'doc',
  // Its title is in one of its roots.
  says: (doc) => KIND_READERS.doc.read(doc).roots,
  type(doc, word, chance) {
    const text = textOf(doc);
    text.insert(placeFor(text.toString(), chance), word);
  },
  erase(doc, word) {
    const at = textOf(doc).toString().indexOf(word);
    if (at >= 0) textOf(doc).delete(at, word.length);
  },
  add: (doc, name) => void partsOf(doc).set(name, true),
  command({ id, adds, takeWord }) {
    // A name takes the place of the last one, so it must be known which that is.
    const removes = takeWord();
    const effect = removes === undefined ? { adds } : { adds, removes };
    return {
      effect,
      method: 'PATCH',
      path: `/documents/doc:${id}`,
      body: { title: adds },
      isWord: true,
      isCertain: true,
    };
  },
};
