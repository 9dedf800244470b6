import type { Block, DocumentData, Plan } from '@syncline/protocol';
import { anchorOf } from '../blocks/anchor.ts';

/**
 * What a document says and what was changed in it, as a text that two runs of the same verb have in common: ids that
 * the verb has made are numbered by where they stand, because each run draws its own.
 * @param changed ids of steps and anchors of blocks, as a verb returns them
 */
export function readingOf(before: DocumentData, after: DocumentData, changed: readonly string[]): string {
  if (before.kind !== 'plan' || after.kind !== 'plan') return stable({ ...after, changed });
  const known = new Set(idsOf(before));
  const names = new Map(idsOf(after).map((id, index) => [id, known.has(id) ? id : `made ${index}`]));
  const blocks = new Map([
    ...flat(before.blocks).map(({ id }) => [anchorOf(id), id] as const),
    ...flat(after.blocks).map(({ id, anchor }) => [anchor, id] as const),
  ]);
  const nameOf = (id: string) => names.get(id) ?? (known.has(id) ? id : 'made and gone');
  return stable({
    ...after,
    steps: after.steps.map((step) => ({ ...step, id: nameOf(step.id) })),
    blocks: after.blocks.map(function named(block): object {
      const { anchor: _, ...rest } = block;
      return { ...rest, id: nameOf(block.id), children: block.children.map(named) };
    }),
    changed: changed.map((name) => nameOf(blocks.get(name) ?? name)),
  });
}

/** JSON whose keys are in order: that of an element's attributes depends on how its document came to be. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function idsOf({ steps, blocks }: Plan): string[] {
  return [...steps.map(({ id }) => id), ...flat(blocks).map(({ id }) => id)];
}

function flat(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) => [block, ...flat(block.children)]);
}
