import { type Block, type BlockInput, type Edit, Refusal, type Run, type Verb } from '@syncline/protocol';
import * as Y from 'yjs';
import { execute, KIND_MODELS, KIND_READERS, planRoots } from '../src/index.ts';
import { parseBlocks, parseInline } from '../src/markdown/index.ts';

/** A repeatable source of randomness (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}

/** A plan as it is born. */
export function seedDoc(): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, KIND_MODELS.plan.seed);
  return doc;
}

export function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}

/** Gives each what the other has. */
export function merge(a: Y.Doc, b: Y.Doc): void {
  const fromA = Y.encodeStateAsUpdate(a, Y.encodeStateVector(b));
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b, Y.encodeStateVector(a)));
  Y.applyUpdate(b, fromA);
}

let seed = 1;

export function run(doc: Y.Doc, verb: Verb) {
  return execute({ kind: 'plan', doc }, verb, { random: seeded(seed++) });
}

/** A plan whose text is this Markdown. */
export function planOf(markdown: string): Y.Doc {
  const doc = seedDoc();
  run(doc, { verb: 'document.edit', args: { edits: [{ op: 'append', blocks: parseBlocks(markdown) }] } });
  return doc;
}

export function edit(doc: Y.Doc, ...edits: Edit[]): string[] {
  return run(doc, { verb: 'document.edit', args: { edits } }).changed;
}

/** `replace_text` as the gateway makes it. */
export function replaceText(quote: string, replacement: string, block?: string): Edit {
  return {
    op: 'replace_text',
    quote,
    quoteRuns: parseInline(quote),
    replacement: parseInline(replacement),
    replacementText: replacement,
    ...(block === undefined ? {} : { block }),
  };
}

export function blocksOf(doc: Y.Doc): Block[] {
  return KIND_READERS.plan.read(doc).blocks;
}

/** The text of every block, in order. */
export function textsOf(doc: Y.Doc): string[] {
  const texts: string[] = [];
  const visit = (blocks: readonly Block[]): void => {
    for (const block of blocks) {
      texts.push(plain(block.content));
      visit(block.children);
    }
  };
  visit(blocksOf(doc));
  return texts;
}

export function plain(runs: readonly Run[]): string {
  return runs.map((run) => run.text).join('');
}

/** The anchor of the first block with this text. */
export function anchorWith(doc: Y.Doc, text: string): string {
  const find = (blocks: readonly Block[]): Block | undefined => {
    for (const block of blocks) {
      const found = plain(block.content) === text ? block : find(block.children);
      if (found) return found;
    }
    return undefined;
  };
  return find(blocksOf(doc))!.anchor;
}

/** What a block says, without what it is called. */
export function meaningOf(blocks: readonly (Block | BlockInput)[]): unknown {
  return blocks.map(({ type, props, content, children }) => {
    const { level, checked, language, start } = props;
    const own = { level, checked, language: language === undefined && type === 'codeBlock' ? 'text' : language, start };
    return {
      type,
      props: Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
      content,
      children: meaningOf(children),
    };
  });
}

/** The fragment's structure, with every attribute, for comparing what two hands have written. */
export function structureOf(node: unknown): unknown {
  if (node instanceof Y.XmlText) return node.toDelta();
  if (node instanceof Y.XmlElement)
    return { name: node.nodeName, attributes: node.getAttributes(), children: node.toArray().map(structureOf) };
  return (node as Y.XmlFragment).toArray().map(structureOf);
}

export function documentOf(doc: Y.Doc): Y.XmlFragment {
  return planRoots(doc).document;
}

/** The refusal that an act ends in. */
export function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('was not refused');
}
