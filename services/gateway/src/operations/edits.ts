import { documentNameSchema, EDIT_OPS, MAX_CHANGES } from '@syncline/protocol';
import * as z from 'zod';
import { defineBatchCommand } from '../kind.ts';
import { told } from '../kinds.ts';
import { writtenSchema } from './answers.ts';
import { defineOperation } from './operation.ts';
import { baseRev, documentRef, write, writtenAnswer, writtenText } from './writes.ts';

const FIELDS = ['old_text', 'new_text', 'block', 'markdown'] as const;
type Field = (typeof FIELDS)[number];

const FIELDS_OF: Record<(typeof EDIT_OPS)[number], { required: readonly Field[]; optional?: readonly Field[] }> = {
  replace_text: { required: ['old_text', 'new_text'], optional: ['block'] },
  replace_block: { required: ['block', 'markdown'] },
  insert_after: { required: ['block', 'markdown'] },
  delete_block: { required: ['block'] },
  append: { required: ['markdown'] },
  prepend: { required: ['markdown'] },
};

/** One edit as callers write it: flat, with an `op` that says which fields it takes. */
export const editInputSchema = z
  .strictObject({
    op: z
      .enum(EDIT_OPS)
      .describe(
        'replace_text: old_text, new_text (and block, to look only there). replace_block, insert_after: block, ' +
          'markdown. delete_block: block. append, prepend: markdown.',
      ),
    old_text: z.string().min(1).optional().describe('Text to replace, quoted exactly; must occur exactly once'),
    new_text: z.string().optional().describe('What takes its place, as inline Markdown; "" deletes it'),
    block: z.string().min(1).max(64).optional().describe('A block’s anchor, as read_document shows it in {#…}'),
    markdown: z.string().min(1).optional().describe('Blocks, as Markdown'),
  })
  .superRefine((edit, context) => {
    const { required, optional = [] } = FIELDS_OF[edit.op];
    for (const field of FIELDS) {
      const given = edit[field] !== undefined;
      if (required.includes(field) && !given)
        context.addIssue({ code: 'custom', path: [field], message: `${edit.op} needs ${field}` });
      if (given && !required.includes(field) && !optional.includes(field))
        context.addIssue({
          code: 'custom',
          path: [field],
          message: `${edit.op} does not take ${field}; it takes ${[...required, ...optional].join(', ')}`,
        });
    }
  });
export type EditInput = z.infer<typeof editInputSchema>;

const edits = z.array(editInputSchema).min(1).max(MAX_CHANGES);

export const EDIT_COMMAND = defineBatchCommand({
  command: 'document.edit',
  fields: z.strictObject({ edits: edits.describe('As edit_document takes them') }),
  read: async ({ edits }, call) => ({ verb: 'document.edit', args: { edits: await call.markdown.read({ edits }) } }),
});

export const editDocument = defineOperation({
  name: 'documents.edit',
  summary: 'Edit a document’s text, all edits or none',
  scope: 'write',
  input: z.strictObject({
    document: documentNameSchema.describe('<kind>:<id>, as search and create_document name it'),
    edits: edits.describe('Carried out in order, all or none'),
    ...baseRev,
  }),
  async handle({ document, edits, base_rev }, call) {
    const read = await call.markdown.read({ edits });
    return write(call, documentRef(call, document), { verb: 'document.edit', args: { edits: read, base_rev } });
  },
  rest: { method: 'post', path: '/documents/:document/edits', output: writtenSchema, answer: writtenAnswer },
  mcp: {
    tool: 'edit_document',
    title: 'Edit a document’s text',
    description:
      'Edits the text of a document while people may be typing in it; all edits are made or none. Prefer replace_text: ' +
      '{"op":"replace_text","old_text":"retry twice","new_text":"retry **three** times"} changes just these words and ' +
      'keeps everyone’s work around them. old_text must be quoted exactly, from one block, and occur once: quote a few ' +
      'words more, or give block, to make it unique. Blocks are named by the anchor that read_document shows in ' +
      '{#anchor}: {"op":"insert_after","block":"k3f9a","markdown":"## Risks\\n\\nNone known."}, replace_block (block, ' +
      'markdown), delete_block (block); append and prepend take markdown alone. When an edit does not fit, the answer ' +
      'shows the current text: correct the quotation and call again. ' +
      told('besideText'),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    text: writtenText,
  },
});
