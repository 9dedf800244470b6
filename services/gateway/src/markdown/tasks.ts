import { parseBlocks, parseInline } from '@syncline/model/markdown';
import type { BlockInput, Edit } from '@syncline/protocol';
import type { EditInput } from '../operations/edits.ts';
import { bareName } from '../operations/names.ts';
import { invalid } from '../validate.ts';

/** What there is to read: a text, or the Markdown in edits. */
export type Task = { blocks: string } | { edits: EditInput[] };
export type TaskResult<T extends Task> = T extends { blocks: string } ? BlockInput[] : Edit[];

/**
 * Reads Markdown, on whichever thread it is called.
 * @throws Refusal when it nests too deep, or holds no block where one must be
 */
export function runTask<T extends Task>(task: T): TaskResult<T> {
  return ('blocks' in task ? parseBlocks(task.blocks) : task.edits.map(readEdit)) as TaskResult<T>;
}

/** How many characters of Markdown a task holds. */
export function sizeOf(task: Task): number {
  if ('blocks' in task) return task.blocks.length;
  return task.edits.reduce(
    (sum, { old_text = '', new_text = '', markdown = '' }) => sum + old_text.length + new_text.length + markdown.length,
    0,
  );
}

/** An edit as the pod takes it, its Markdown read. */
export function readEdit(input: EditInput, at: number): Edit {
  const { op, old_text = '', new_text = '' } = input;
  const block = bareName(input.block ?? '');
  switch (op) {
    case 'replace_text':
      return {
        op,
        quote: old_text,
        quoteRuns: parseInline(old_text),
        replacement: parseInline(new_text),
        replacementText: new_text,
        ...(block !== '' && { block }),
      };
    case 'delete_block':
      return { op, block };
    case 'replace_block':
    case 'insert_after':
      return { op, block, blocks: readBlocks(input, at) };
    case 'append':
    case 'prepend':
      return { op, blocks: readBlocks(input, at) };
  }
}

function readBlocks(input: EditInput, at: number): BlockInput[] {
  const blocks = parseBlocks(input.markdown ?? '');
  if (blocks.length > 0) return blocks;
  const message = 'holds no block: write at least one paragraph (delete_block removes a block)';
  throw invalid([{ field: `edits[${at}].markdown`, message }]);
}
