import * as z from 'zod';
import { blockInputSchema, runSchema } from './block-schemas.ts';

export const EDIT_OPS = ['replace_text', 'replace_block', 'insert_after', 'delete_block', 'append', 'prepend'] as const;

const blockRefSchema = z.string().min(1).max(64);

/** One edit of a document's text as a pod carries it out; its Markdown has already been read by the gateway. */
export const editSchema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('replace_text'),
    /** The quotation as it was sent; matched as plain text first, */
    quote: z.string().min(1),
    /** and, where that is nowhere to be found, as the plain text of this reading of it as inline Markdown. */
    quoteRuns: z.array(runSchema),
    replacement: z.array(runSchema),
    /** The replacement as it was sent; a code block takes this text, because its asterisks are no Markdown. */
    replacementText: z.string().optional(),
    block: blockRefSchema.optional(),
  }),
  z.strictObject({ op: z.literal('replace_block'), block: blockRefSchema, blocks: z.array(blockInputSchema).min(1) }),
  z.strictObject({ op: z.literal('insert_after'), block: blockRefSchema, blocks: z.array(blockInputSchema).min(1) }),
  z.strictObject({ op: z.literal('delete_block'), block: blockRefSchema }),
  z.strictObject({ op: z.literal('append'), blocks: z.array(blockInputSchema).min(1) }),
  z.strictObject({ op: z.literal('prepend'), blocks: z.array(blockInputSchema).min(1) }),
]);
export type Edit = z.infer<typeof editSchema>;
