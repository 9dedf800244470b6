import { addStep, editStep, planRoots, setPlanFields } from '@syncline/model';
import { Refusal } from '@syncline/protocol';
import * as Y from 'yjs';
import type { Chance } from './random.ts';

/** Does one thing that a person might do in a plan. @returns what it was */
export function editAsPerson(document: Y.Doc, chance: Chance, word: string): string {
  try {
    return document.transact(() => edit(document, chance, word));
  } catch (error) {
    if (error instanceof Refusal) return `is refused by the model: ${error.message}`;
    throw error;
  }
}

/** Ids of the steps that a document has. */
export function stepsOf(document: Y.Doc): string[] {
  return [...planRoots(document).steps.keys()].toSorted();
}

function edit(document: Y.Doc, chance: Chance, word: string): string {
  const steps = stepsOf(document);
  const kind = chance.next();
  if (kind < 0.5) return type(document, chance, word);
  if (kind < 0.65) return erase(document, chance);
  if (kind < 0.8 && steps.length) {
    const step = chance.pick(steps);
    editStep(document, step, { done: chance.hits(0.5), note: word });
    return `ticks ${step}`;
  }
  if (kind < 0.9) {
    setPlanFields(document, { title: `Plan ${word}` });
    return 'sets the title';
  }
  addStep(document, { title: word }, { random: chance.next });
  return 'adds a step';
}

function type(document: Y.Doc, chance: Chance, word: string): string {
  const texts = textsOf(planRoots(document).document);
  const text = texts.length ? chance.pick(texts) : firstText(planRoots(document).document);
  if (!text) return 'finds nowhere to type';
  text.insert(chance.int(text.length + 1), `${word} `);
  return `types ${word}`;
}

function erase(document: Y.Doc, chance: Chance): string {
  const texts = textsOf(planRoots(document).document).filter(({ length }) => length > 0);
  if (!texts.length) return 'finds nothing to erase';
  const text = chance.pick(texts);
  const at = chance.int(text.length);
  const length = Math.min(1 + chance.int(4), text.length - at);
  text.delete(at, length);
  return `erases ${length}`;
}

function textsOf(node: Y.XmlFragment): Y.XmlText[] {
  return node.toArray().flatMap((child) => {
    if (child instanceof Y.XmlText) return [child];
    return child instanceof Y.XmlElement ? textsOf(child) : [];
  });
}

/** A text in the first paragraph, which has none while it is empty. */
function firstText(fragment: Y.XmlFragment): Y.XmlText | null {
  const paragraph = [
    ...fragment.createTreeWalker((node) => node instanceof Y.XmlElement && node.nodeName === 'paragraph'),
  ][0];
  if (!(paragraph instanceof Y.XmlElement)) return null;
  const text = new Y.XmlText();
  paragraph.insert(0, [text]);
  return text;
}
