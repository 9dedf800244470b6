import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { copyOf, documentOf, edit, merge, planOf, replaceText, textsOf } from '../test/documents.ts';
import { blockPlaces } from './blocks/locate.ts';
import { guardUndo } from './index.ts';

/** What y-prosemirror does when a person indents or retypes a block: a copy takes the block's place. */
function copyBlock(doc: Y.Doc, index: number): void {
  const { node } = blockPlaces(documentOf(doc))[index]!;
  const parent = node.parent as Y.XmlElement;
  const at = parent.toArray().indexOf(node);
  doc.transact(() => {
    const clone = node.clone();
    parent.delete(at, 1);
    parent.insert(at, [clone]);
  }, 'person');
}

function person(doc: Y.Doc, guarded: boolean): Y.UndoManager {
  const manager = new Y.UndoManager(documentOf(doc), { trackedOrigins: new Set(['person']), captureTimeout: 0 });
  if (guarded) guardUndo(manager);
  return manager;
}

function type(doc: Y.Doc, index: number, text: string): void {
  const place = blockPlaces(documentOf(doc))[index]!;
  doc.transact(() => (place.content.get(0) as Y.XmlText).insert(0, text), 'person');
}

describe('guarded undo', () => {
  it.each([true, false])(
    '[M12] keeps what an agent wrote into a block that a person had copied (guarded: %s)',
    (guarded) => {
      const browser = planOf('one\n\ntwo words');
      const undo = person(browser, guarded);
      copyBlock(browser, 1);
      const server = copyOf(browser);
      edit(server, replaceText('two words', 'two **better** words'));
      merge(server, browser);
      undo.undo();
      merge(server, browser);
      expect(textsOf(server).includes('two better words')).toBe(guarded);
      expect(textsOf(server)).toEqual(textsOf(browser));
    },
  );

  it('[M12] goes on with the step before, and still takes back what is only one’s own', () => {
    const browser = planOf('one\n\ntwo');
    const undo = person(browser, true);
    type(browser, 0, 'my ');
    copyBlock(browser, 1);
    const server = copyOf(browser);
    edit(server, replaceText('two', 'two and more'));
    merge(server, browser);
    expect(undo.undo()).not.toBeNull();
    expect(textsOf(browser)).toEqual(['one', 'two and more']);
    undo.redo();
    expect(textsOf(browser)).toEqual(['my one', 'two and more']);
  });

  it('[M12] redo passes over a step that would delete someone’s words', () => {
    const browser = planOf('one\n\ntwo');
    const undo = person(browser, true);
    const { node } = blockPlaces(documentOf(browser))[1]!;
    const parent = node.parent as Y.XmlElement;
    browser.transact(() => parent.delete(1, 1), 'person');
    undo.undo();
    expect(textsOf(browser)).toEqual(['one', 'two']);
    const server = copyOf(browser);
    edit(server, replaceText('two', 'two, kept'));
    merge(server, browser);
    undo.redo();
    expect(textsOf(browser)).toEqual(['one', 'two, kept']);
  });
});
