import { EDITOR_SCHEMA, neededEditorSchema } from '@syncline/model';
import type { Node, Schema } from 'prosemirror-model';
import { type EditorState, Plugin } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { type ProsemirrorBinding, ySyncPluginKey, yUndoPluginKey } from 'y-prosemirror';
import type * as Y from 'yjs';
import { checkDrawable } from './drawable.ts';

/**
 * Watches that an editor's view follows its document. y-prosemirror writes into the document whatever differs from it in
 * the view. A view that threw while it took a change does not have that change, and would write it away again with the
 * next keystroke. So at the first throw the two are parted, both ways and before anything else happens; such a view
 * writes nothing any more, and is to be replaced. The same becomes of one that does not know all that is in the document.
 *
 * @param onLost called once, when view and document have been parted
 */
export function followingPlugin(onLost: (error: unknown) => void): Plugin {
  let binding: ProsemirrorBinding;
  let isLost = false;
  const lose = (error: unknown) => {
    if (isLost) return;
    isLost = true;
    const view = binding.prosemirrorView as EditorView | null;
    binding._prosemirrorChanged = () => {};
    binding.destroy();
    onLost(error);
    if (view) close(view);
  };
  return new Plugin({
    props: { editable: () => !isLost },
    state: {
      init(_config, state) {
        binding = (ySyncPluginKey.getState(state) as { binding: ProsemirrorBinding }).binding;
        watchBinding(binding, lose);
      },
      apply(transaction) {
        const change = transaction.getMeta(ySyncPluginKey) as { isChangeOrigin?: boolean } | undefined;
        if (change?.isChangeOrigin && !holdsAll(transaction.doc, binding)) throw new Error('the text does not fit');
      },
    },
    view(view) {
      const dispatch = view.dispatch.bind(view);
      view.dispatch = (transaction) => {
        try {
          dispatch(transaction);
        } catch (error) {
          lose(error);
          throw error;
        }
      };
      return {};
    },
  });
}

/** Not by an update, which may throw again. */
function close(view: EditorView): void {
  Object.assign(view, { editable: false });
  view.dom.contentEditable = 'false';
  // A view that never came to be is not destroyed, and its history would listen to the document for ever.
  const history = yUndoPluginKey.getState(view.state) as { undoManager: Y.UndoManager } | undefined;
  history?.undoManager.destroy();
}

/** Before it has a view: what it calls back by is registered when it gets one. */
function watchBinding(binding: ProsemirrorBinding, lose: (error: unknown) => void): void {
  const { _observeFunction: follow, beforeAllTransactions: remember } = binding;
  const rerender = binding._forceRerender.bind(binding);
  // Not thrown on: whoever applied the change, and all others who follow the document, are not to suffer.
  binding._observeFunction = (events: Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction) => {
    const before = stateOf(binding);
    const isOwn = transaction.origin === ySyncPluginKey;
    try {
      if (!isOwn) checkSchema(binding);
      if (before && !isOwn) checkChanged(events, transaction, before.schema, binding);
      follow(events, transaction);
    } catch (error) {
      return lose(error);
    }
    if (before && !isOwn && stateOf(binding) === before) lose(new Error('the editor has not taken a change'));
  };
  binding.beforeAllTransactions = () => {
    try {
      remember();
    } catch (error) {
      lose(error);
    }
  };
  binding._forceRerender = () => {
    try {
      const state = stateOf(binding);
      checkSchema(binding);
      if (state) checkDrawable(binding.type, state.schema, () => false);
      rerender();
    } catch (error) {
      lose(error);
      throw error;
    }
  };
}

/** The document says so before, or in the transaction in which, there is something that we do not know (M21). */
function checkSchema({ doc }: ProsemirrorBinding): void {
  const needed = neededEditorSchema(doc);
  if (needed > EDITOR_SCHEMA) throw new Error(`an editor of schema ${needed} is needed, and this is ${EDITOR_SCHEMA}`);
}

/** What has changed, and what is new in it. */
function checkChanged(
  events: Y.YEvent<Y.AbstractType<unknown>>[],
  { changed }: Y.Transaction,
  schema: Schema,
  { mapping }: ProsemirrorBinding,
): void {
  const isDrawn = (part: unknown) => mapping.has(part as never) && !changed.has(part as never);
  for (const { target } of events) if (!target._item?.deleted) checkDrawable(target, schema, isDrawn);
}

/** What ProseMirror cannot fit in it leaves out, without a word. */
function holdsAll(doc: Node, { type, mapping }: ProsemirrorBinding): boolean {
  return type.toArray().every((part, n) => doc.maybeChild(n) === mapping.get(part));
}

function stateOf(binding: ProsemirrorBinding): EditorState | undefined {
  return binding.prosemirrorView?.state as EditorState | undefined;
}
