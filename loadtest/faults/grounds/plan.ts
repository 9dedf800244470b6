import { addStep, KIND_READERS, planRoots } from '@syncline/model';
import * as Y from 'yjs';
import type { Chance } from '../../../services/sync/sim/random.ts';
import type { Ground } from './ground.ts';
import { placeFor } from './words.ts';

/** A plan: its text, and its steps. */
export const PLAN_GROUND: Ground = {
  kind: 'plan',
  says: (doc) => KIND_READERS.plan.read(doc),
  type,
  erase,
  add: (doc, title, chance) => void addStep(doc, { title }, { random: chance.next }),
  command({ id, chance, adds, takeWord }) {
    const kind = chance.next();
    const post = { method: 'POST', isCertain: false } as const;
    if (kind < 0.4)
      return { ...post, effect: { adds }, path: `/plans/${id}/steps`, body: { title: adds }, isWord: false };
    const removes = kind < 0.7 ? takeWord() : undefined;
    const edits = { ...post, path: `/documents/plan:${id}/edits`, isWord: true };
    if (removes === undefined)
      return { ...edits, effect: { adds }, body: { edits: [{ op: 'append', markdown: adds }] } };
    const edit = { op: 'replace_text', old_text: removes, new_text: adds };
    return { ...edits, effect: { adds, removes }, body: { edits: [edit] } };
  },
};

function type(doc: Y.Doc, word: string, chance: Chance): void {
  const [text = firstText(doc)] = textsOf(planRoots(doc).document);
  text.insert(placeFor(plain(text), chance), word);
}

function erase(doc: Y.Doc, word: string): void {
  for (const text of textsOf(planRoots(doc).document)) {
    const at = plain(text).indexOf(word);
    if (at >= 0) text.delete(at, word.length);
  }
}

/** `toString` would give marks as tags, and so other offsets. */
function plain(text: Y.XmlText): string {
  return (text.toDelta() as { insert: string }[]).map(({ insert }) => insert).join('');
}

function textsOf(node: Y.XmlFragment): Y.XmlText[] {
  return node.toArray().flatMap((child) => {
    if (child instanceof Y.XmlText) return [child];
    return child instanceof Y.XmlElement ? textsOf(child) : [];
  });
}

/** A text in the first paragraph, which has none while it is empty. */
function firstText(doc: Y.Doc): Y.XmlText {
  const [paragraph] = planRoots(doc).document.createTreeWalker(
    (node) => node instanceof Y.XmlElement && node.nodeName === 'paragraph',
  );
  const text = new Y.XmlText();
  (paragraph as Y.XmlElement).insert(0, [text]);
  return text;
}
