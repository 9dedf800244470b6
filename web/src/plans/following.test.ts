// @vitest-environment jsdom
import { EditorState, Plugin } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import { Schema } from 'prosemirror-model';
import { describe, expect, it, vi } from 'vitest';
import { ySyncPlugin } from 'y-prosemirror';
import * as Y from 'yjs';
import { followingPlugin } from './following.ts';

const schema = new Schema({
  nodes: {
    doc: { content: 'paragraph' },
    paragraph: { content: 'text*', toDOM: () => ['p', 0] },
    text: {},
  },
});

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
