import { BlockNoteSchema, defaultBlockSpecs, defaultStyleSpecs } from '@blocknote/core';
import { sparingLetter, sparingWords, typedDivider } from './typed-shortcuts.ts';

let lastLabel = 0;

/**
 * BlockNote's own schema, in which a check-list item's box carries its text as its name: BlockNote leaves it nameless,
 * and in which typed shortcuts take away no words. What is stored is BlockNote's, so that every editor and server reads
 * the same document.
 */
export const planSchema = BlockNoteSchema.create({
  blockSpecs: sparingWords({
    ...defaultBlockSpecs,
    checkListItem: withLabels(defaultBlockSpecs.checkListItem),
    divider: { ...defaultBlockSpecs.divider, extensions: [typedDivider()] },
  }),
  styleSpecs: { ...defaultStyleSpecs, code: sparingLetter(defaultStyleSpecs.code) },
});

function withLabels(spec: typeof defaultBlockSpecs.checkListItem): typeof defaultBlockSpecs.checkListItem {
  const { implementation } = spec;
  const draw = implementation.render;
  return {
    ...spec,
    implementation: {
      ...implementation,
      render(this: ThisParameterType<typeof draw>, ...args: Parameters<typeof draw>) {
        const drawn = draw.apply(this, args);
        const box = drawn.dom.querySelector('input[type="checkbox"]');
        if (box && drawn.contentDOM) {
          drawn.contentDOM.id = `check-list-text-${++lastLabel}`;
          box.setAttribute('aria-labelledby', drawn.contentDOM.id);
        }
        return drawn;
      },
    },
  };
}
