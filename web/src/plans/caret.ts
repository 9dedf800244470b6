import type { CheckedAwareness } from '@syncline/client';
import { TextSelection } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { type ProsemirrorBinding, relativePositionToAbsolutePosition, ySyncPluginKey } from 'y-prosemirror';
import * as Y from 'yjs';

/** Where somebody's caret is in the document, whatever becomes of the editor. */
export interface Caret {
  anchor: unknown;
  head: unknown;
}

/** Our own caret, as we tell it the others; null when it is not in the text. */
export function caretOf(awareness: CheckedAwareness): Caret | null {
  return (awareness.getLocalState()?.['cursor'] as Caret | null | undefined) ?? null;
}

/** Puts the caret there, and the focus with it. */
export function placeCaret(view: EditorView, { anchor, head }: Caret): void {
  const { binding } = ySyncPluginKey.getState(view.state) as { binding: ProsemirrorBinding };
  const at = (position: unknown) =>
    relativePositionToAbsolutePosition(
      binding.doc,
      binding.type,
      Y.createRelativePositionFromJSON(position),
      binding.mapping,
    );
  const [from, to] = [at(anchor), at(head)];
  if (from === null || to === null) return;
  const { doc } = view.state;
  const [start, end] = [from, to].map((position) => doc.resolve(Math.min(position, doc.content.size)));
  view.dispatch(view.state.tr.setSelection(TextSelection.between(start!, end!)));
  view.focus();
}
