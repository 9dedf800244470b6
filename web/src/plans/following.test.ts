// @vitest-environment jsdom
import { EditorState, Plugin } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import { Schema } from 'prosemirror-model';
import { describe, expect, it, vi } from 'vitest';
import { ySyncPlugin, yUndoPlugin } from 'y-prosemirror';
import * as Y from 'yjs';
import { needEditorSchema } from '@syncline/model';
import { followingPlugin } from './following.ts';

const schema = new Schema({
  nodes: {
    doc: { content: 'paragraph' },
    paragraph: { content: 'text*', toDOM: () => ['p', 0] },
    text: {},
  },
  marks: { comment: { attrs: { id: {} }, excludes: '', toDOM: () => ['u', 0] } },
});

const words = (text: Y.XmlFragment) => (text.get(0) as Y.XmlElement).get(0) as Y.XmlText;
const element = (name: string, ...parts: (Y.XmlElement | Y.XmlText)[]) => {
  const made = new Y.XmlElement(name);
  made.insert(0, parts);
  return made;
};
const UNKNOWN = /no block|no mark|No value supplied|no text/;
const foreign: Record<string, (text: Y.XmlFragment) => void> = {
  'an unknown mark': (text) => words(text).format(0, 2, { underwave: true }),
  'an unknown mark on new words': (text) => words(text).insert(0, 'new ', { underwave: {} }),
  'a mark without what belongs to it': (text) => words(text).format(0, 2, { comment: {} }),
  'an object among the words': (text) => words(text).insertEmbed(0, { image: 'x' }),
  'an unknown block': (text) => text.insert(1, [element('diagram', new Y.XmlText('drawn'))]),
  'an unknown block within a known one': (text) => (text.get(0) as Y.XmlElement).insert(1, [element('diagram')]),
  'a known block with an unknown one': (text) => text.insert(1, [element('paragraph', element('diagram'))]),
};

/** An editor of one paragraph that throws where it is told to, and somebody else who writes in the same document. */
function editing(isWatched = true) {
  const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
  const paragraph = new Y.XmlElement('paragraph');
  paragraph.insert(0, [new Y.XmlText('one')]);
  theirs.getXmlFragment('t').insert(0, [paragraph]);
  Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs));
  let breaksIn: Place | null = null;
  const breakIn = (place: Place) => {
    if (breaksIn === place) throw new Error(`broken in ${place}`);
  };
  const breaking = new Plugin({
    state: { init: () => null, apply: () => breakIn('apply') ?? null },
    props: { decorations: () => breakIn('drawing') ?? null },
    view: () => ({ update: () => breakIn('update') }),
    filterTransaction: () => breaksIn !== 'filter',
  });
  const onLost = vi.fn<(error: unknown) => void>();
  const plugins = [ySyncPlugin(mine.getXmlFragment('t')), breaking, ...(isWatched ? [followingPlugin(onLost)] : [])];
  const view = new EditorView(document.createElement('div'), { state: EditorState.create({ schema, plugins }) });
  return {
    view,
    onLost,
    in: (place: Place | null) => (breaksIn = place),
    /** Somebody else's word arrives. */
    hear(word: string) {
      (paragraph.get(0) as Y.XmlText).insert(0, `${word} `);
      Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs, Y.encodeStateVector(mine)));
    },
    /** Somebody else writes a paragraph, for which there is no room. */
    hearParagraph() {
      theirs.getXmlFragment('t').insert(1, [paragraph.clone()]);
      Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs, Y.encodeStateVector(mine)));
    },
    /** Somebody else's editor, which knows more than this one, changes the text. */
    hearForeign(change: (text: Y.XmlFragment) => void) {
      change(theirs.getXmlFragment('t'));
      Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs, Y.encodeStateVector(mine)));
    },
    /** Another view of the document, as it is made after one was lost. */
    anew() {
      const onLost = vi.fn<(error: unknown) => void>();
      const plugins = [ySyncPlugin(mine.getXmlFragment('t')), yUndoPlugin(), followingPlugin(onLost)];
      const state = EditorState.create({ schema, plugins });
      return { onLost, open: () => new EditorView(document.createElement('div'), { state }) };
    },
    mine,
    theirs,
    type: (text: string) => view.dispatch(view.state.tr.insertText(text, 1)),
    text: () => mine.getXmlFragment('t').toString(),
  };
}
type Place = 'apply' | 'drawing' | 'update' | 'filter';

describe('a view that', () => {
  it('follows writes what is typed', () => {
    const { type, hear, text, onLost } = editing();
    hear('two');
    type('x');
    expect(text()).toBe('<paragraph>xtwo one</paragraph>');
    expect(onLost).not.toHaveBeenCalled();
  });

  it.each(['apply', 'drawing', 'update', 'filter'] as const)(
    'breaks in %s with another’s change takes none of it away, and is given up',
    (place) => {
      const { view, in: breakIn, hear, type, text, onLost } = editing();
      breakIn(place);
      expect(() => hear('two')).not.toThrow();
      expect(onLost).toHaveBeenCalledOnce();
      breakIn(null);
      type('x');
      hear('three');
      expect(text()).toBe('<paragraph>three two one</paragraph>');
      view.destroy();
    },
  );

  it('cannot hold all that others write takes none of it away, and is given up', () => {
    const { hearParagraph, type, text, onLost } = editing();
    hearParagraph();
    type('x');
    expect(text()).toBe('<paragraph>one</paragraph><paragraph>one</paragraph>');
    expect(onLost).toHaveBeenCalledOnce();
  });

  describe.each(Object.entries(foreign))('meets %s', (_what, change) => {
    it('in another’s change takes nothing of it away, and is given up', () => {
      const { hearForeign, type, mine, theirs, onLost } = editing();
      hearForeign(change);
      expect(onLost).toHaveBeenCalledOnce();
      type('x');
      expect(Y.encodeStateAsUpdate(mine)).toEqual(Y.encodeStateAsUpdate(theirs));
    });

    it('to begin with takes nothing of it away, and is given up', () => {
      const { hearForeign, anew, mine, theirs } = editing();
      hearForeign(change);
      const { onLost, open } = anew();
      expect(open).toThrow(UNKNOWN);
      expect(onLost).toHaveBeenCalledOnce();
      expect(Y.encodeStateAsUpdate(mine)).toEqual(Y.encodeStateAsUpdate(theirs));
    });
  });

  describe('meets what only a newer schema knows', () => {
    const foreignAttribute = (text: Y.XmlFragment) => {
      (text.get(0) as Y.XmlElement).setAttribute('tone', 'loud');
      needEditorSchema(text.doc!, 2);
    };

    it('[M21] in another’s change takes nothing of it away, and is given up', () => {
      const { hearForeign, type, mine, theirs, onLost } = editing();
      hearForeign((text) => text.doc!.transact(() => foreignAttribute(text)));
      expect(onLost).toHaveBeenCalledOnce();
      type('x');
      expect(Y.encodeStateAsUpdate(mine)).toEqual(Y.encodeStateAsUpdate(theirs));
    });

    it('[M21] to begin with takes nothing of it away, and is given up', () => {
      const { hearForeign, anew, mine, theirs } = editing();
      hearForeign(foreignAttribute);
      expect(anew().open).toThrow('schema 2 is needed');
      expect(Y.encodeStateAsUpdate(mine)).toEqual(Y.encodeStateAsUpdate(theirs));
    });
  });

  it('meets a mark that may lie over others of its kind knows it by its name', () => {
    const { hearForeign, view, onLost } = editing();
    hearForeign((text) => words(text).format(0, 2, { 'comment--abcdEF12': { id: 'c' } }));
    expect(onLost).not.toHaveBeenCalled();
    expect(view.state.doc.firstChild?.firstChild?.marks[0]?.attrs).toEqual({ id: 'c' });
  });

  it('is lost leaves nothing behind that listens to the document', () => {
    const { hearForeign, anew, mine } = editing();
    hearForeign(foreign['an unknown block']!);
    const listeners = () => mine._observers.get('afterTransaction')?.size ?? 0;
    const before = listeners();
    for (let n = 0; n < 5; n++) expect(anew().open).toThrow(UNKNOWN);
    expect(listeners()).toBe(before);
  });

  it('is lost takes no more keystrokes', () => {
    const { view, hearForeign } = editing();
    expect(view.editable).toBe(true);
    hearForeign(foreign['an unknown mark']!);
    expect(view.editable).toBe(false);
    expect(view.dom.contentEditable).toBe('false');
    view.updateState(view.state);
    expect(view.editable).toBe(false);
  });

  it.each(['apply', 'drawing', 'update'] as const)('breaks in %s with a keystroke is given up', (place) => {
    const { in: breakIn, hear, type, text, onLost } = editing();
    breakIn(place);
    expect(() => type('x')).toThrow('broken');
    expect(onLost).toHaveBeenCalledOnce();
    breakIn(null);
    hear('two');
    type('y');
    expect(text()).toContain('two ');
    expect(text()).toContain('one');
    expect(text()).not.toContain('y');
  });

  it('cannot be drawn to begin with is given up', () => {
    const { view, in: breakIn, onLost } = editing();
    breakIn('apply');
    const anew = view.state.reconfigure({ plugins: view.state.plugins.toReversed() });
    expect(() => view.updateState(anew)).toThrow('broken in apply');
    expect(onLost).toHaveBeenCalledOnce();
  });

  it('nobody watches writes another’s words away: what all this is for', () => {
    const { in: breakIn, hear, type, text } = editing(false);
    breakIn('apply');
    expect(() => hear('two')).toThrow('broken');
    breakIn(null);
    type('x');
    expect(text()).toBe('<paragraph>xone</paragraph>');
  });
});
