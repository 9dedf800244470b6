import {
  type BlockSpecs,
  createExtension,
  type Extension,
  type ExtensionFactoryInstance,
  type defaultStyleSpecs,
} from '@blocknote/core';
import { Plugin } from 'prosemirror-state';

type InputRule = NonNullable<Extension['inputRules']>[number];

/**
 * Blocks whose typed shortcuts (“``` ”) take away no words: one that would replace the content of a paragraph does so
 * only where nothing stands behind it. What stands before it keeps every shortcut from being one.
 */
export function sparingWords<Specs extends BlockSpecs>(specs: Specs): Specs {
  const spared = Object.entries(specs).map(([type, { extensions = [], ...spec }]) => [
    type,
    { ...spec, extensions: extensions.map(spareIn) },
  ]);
  return Object.fromEntries(spared) as Specs;
}

function spareIn(extension: Extension | ExtensionFactoryInstance): Extension | ExtensionFactoryInstance {
  if (typeof extension === 'function') return (context) => spareIn(extension(context)) as Extension;
  const { inputRules } = extension;
  return inputRules ? { ...extension, inputRules: inputRules.map(spare) } : extension;
}

function spare({ find, replace }: InputRule): InputRule {
  return {
    find,
    replace(typed) {
      const block = replace(typed);
      const { parent, parentOffset } = typed.editor.prosemirrorState.doc.resolve(typed.range.to);
      return block?.content && parentOffset < parent.content.size ? undefined : block;
    },
  };
}

/** `---` alone in a paragraph is a divider, and what is typed next goes into a paragraph behind it. */
export const typedDivider = createExtension(({ editor }) => {
  const plugin = new Plugin({
    props: {
      handleTextInput({ state }, from, to, text) {
        const { parent, parentOffset } = state.doc.resolve(from);
        const isAtEnd = from === to && parentOffset === parent.content.size;
        if (parent.type.name !== 'paragraph' || !isAtEnd || parent.textContent + text !== '---') return false;
        editor.transact(() => {
          const { block, nextBlock } = editor.getTextCursorPosition();
          editor.updateBlock(block, { type: 'divider' });
          const isFree = nextBlock?.type === 'paragraph' && Array.isArray(nextBlock.content) && !nextBlock.content[0];
          const behind = isFree ? nextBlock : editor.insertBlocks([{ type: 'paragraph' }], block, 'after')[0]!;
          editor.setTextCursorPosition(behind, 'start');
        });
        return true;
      },
    },
  });
  return { key: 'typed-divider', prosemirrorPlugins: [plugin] };
});

type CodeSpec = (typeof defaultStyleSpecs)['code'];

/** Typed code (“`x`”) that leaves the letter before it: BlockNote’s rule matches that, too, and deletes it. */
export function sparingLetter(spec: CodeSpec): CodeSpec {
  const { mark } = spec.implementation;
  const sparing = mark.extend({
    addInputRules() {
      const [typed, ...others] = this.parent?.() ?? [];
      return typed ? [Object.assign(typed, { find: typedCode }), ...others] : [];
    },
  });
  return { ...spec, implementation: { ...spec.implementation, mark: sparing } };
}

function typedCode(text: string): { index: number; text: string; replaceWith: string } | null {
  const match = /(?<!`)`([^`]+)`$/.exec(text);
  return match && { index: match.index, text: match[0], replaceWith: match[1]! };
}
