/**
 * Undo that takes back one's own doing only (M12).
 *
 * y-prosemirror copies a block when a person retypes, indents or joins it, so for Yjs the copy, and whatever an agent
 * later writes into it, hangs below an element that the person inserted: undoing that step would delete the agent's
 * words with it. Such a step is passed over.
 */
import * as Y from 'yjs';

interface Ranges {
  clients: Map<number, { clock: number; len: number }[]>;
}

interface StackItem {
  insertions: Ranges;
  deletions: Ranges;
}

/** Makes `undo` and `redo` of a manager pass over steps that would delete what someone else has written since. */
export function guardUndo(undoManager: Y.UndoManager): void {
  for (const [name, stack] of [
    ['undo', () => undoManager.undoStack],
    ['redo', () => undoManager.redoStack],
  ] as const) {
    const original = undoManager[name].bind(undoManager);
    undoManager[name] = () => {
      undoManager.stopCapturing();
      const items = stack();
      while (items.length > 0 && holdsForeign(undoManager.doc, items.at(-1) as unknown as StackItem)) items.pop();
      return original();
    };
  }
}

/** Whether something of another client lives in a container that this step inserted, or made and brought in. */
function holdsForeign(doc: Y.Doc, { insertions, deletions }: StackItem): boolean {
  const own = doc.clientID;
  for (const item of itemsIn(doc, insertions))
    if (!item.deleted && item.content instanceof Y.ContentType && hasForeign(item.content.type, own)) return true;
  for (const { parentSub, parent } of itemsIn(doc, deletions))
    if (
      parentSub === 'removed' &&
      parent instanceof Y.Map &&
      isMadeBy(parent, own) &&
      hasForeign(parent as Y.AbstractType<unknown>, own)
    )
      return true;
  return false;
}

function* itemsIn(doc: Y.Doc, { clients }: Ranges): Generator<Y.Item> {
  for (const [client, ranges] of clients) {
    for (const { clock, len } of ranges) {
      for (let at = clock; at < clock + len;) {
        const struct = Y.getItem(doc.store, Y.createID(client, at)) as Y.Item | Y.GC;
        if (struct instanceof Y.Item) yield struct;
        at = struct.id.clock + struct.length;
      }
    }
  }
}

function isMadeBy(type: Y.Map<unknown>, client: number): boolean {
  return type._item?.id.client === client;
}

function hasForeign(root: Y.AbstractType<unknown>, own: number): boolean {
  const types = [root];
  for (let type = types.pop(); type; type = types.pop()) {
    const firsts = [type._start, ...type._map.values()];
    for (const first of firsts) {
      for (let item: Y.Item | null = first; item; item = item.right) {
        if (item.deleted) continue;
        if (item.id.client !== own) return true;
        if (item.content instanceof Y.ContentType) types.push(item.content.type);
      }
    }
  }
  return false;
}
