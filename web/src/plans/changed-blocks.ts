import '../ui/change-mark.css';
import { type CheckedAwareness, followChanges, type RecentChanges } from '@syncline/client';
import { isAnchorOf } from '@syncline/model';
import type { Node } from 'prosemirror-model';
import { Plugin, PluginKey } from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';

interface Shown {
  changes: RecentChanges;
  decorations: DecorationSet;
}

const key = new PluginKey<Shown>('changed-blocks');

/** Shows at each block who has just changed it through the gateway; the document knows nothing of it. */
export function changedBlocksPlugin(awareness: CheckedAwareness): Plugin<Shown> {
  return new Plugin<Shown>({
    key,
    state: {
      init: () => ({ changes: new Map(), decorations: DecorationSet.empty }),
      apply(transaction, shown) {
        const changes = (transaction.getMeta(key) as RecentChanges | undefined) ?? shown.changes;
        if (changes === shown.changes && !(transaction.docChanged && changes.size)) return shown;
        return { changes, decorations: decorate(transaction.doc, changes) };
      },
    },
    props: { decorations: (state) => key.getState(state)?.decorations },
    view: (view) => ({
      destroy: followChanges(awareness, (changes) => {
        if (!view.isDestroyed) view.dispatch(view.state.tr.setMeta(key, changes).setMeta('addToHistory', false));
      }),
    }),
  });
}

function decorate(doc: Node, changes: RecentChanges): DecorationSet {
  if (changes.size === 0) return DecorationSet.empty;
  const decorations: Decoration[] = [];
  doc.descendants((node, at) => {
    const id: unknown = node.attrs['id'];
    const anchor = typeof id === 'string' && [...changes.keys()].find((place) => isAnchorOf(place, id));
    if (!anchor) return;
    const { name, color } = changes.get(anchor)!;
    const mark = { 'data-changed-by': name, style: `--changed-by: ${color}` };
    decorations.push(Decoration.node(at, at + node.nodeSize, mark));
  });
  return DecorationSet.create(doc, decorations);
}
