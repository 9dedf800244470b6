import { documentNameSchema, MAX_BATCH, MAX_CHANGES, planChangeSchema } from '@syncline/protocol';
import * as z from 'zod';
import { writtenSchema } from './answers.ts';
import { defineOperation } from './operation.ts';
import { editInputSchema } from './edits.ts';
import { baseRev, withBareNames } from './plans.ts';
import { documentRef, write, writtenAnswer } from './writes.ts';

const commandSchema = z.discriminatedUnion('command', [
  z.strictObject({
    command: z.literal('plan.update'),
    changes: z.array(planChangeSchema).min(1).max(MAX_CHANGES).describe('As the tool update_plan takes them'),
  }),
  z.strictObject({
    command: z.literal('document.edit'),
    edits: z.array(editInputSchema).min(1).max(MAX_CHANGES).describe('As edit_document takes them'),
  }),
]);

export const runCommands = defineOperation({
  name: 'documents.commands',
  summary: 'Run several commands on a document, all or none',
  scope: 'write',
  input: z.strictObject({
    document: documentNameSchema.describe('<kind>:<id>, as the list names it'),
    commands: z.array(commandSchema).min(1).max(MAX_BATCH).describe('Carried out in order, all or none'),
    ...baseRev,
  }),
  async handle({ document, commands, base_rev }, call) {
    const read = [];
    for (const command of commands) {
      if (command.command === 'plan.update')
        read.push({ verb: 'plan.update' as const, args: { changes: command.changes.map(withBareNames) } });
      else
        read.push({
          verb: 'document.edit' as const,
          args: { edits: await call.markdown.read({ edits: command.edits }) },
        });
    }
    return write(call, documentRef(call, document), { verb: 'document.batch', args: { commands: read, base_rev } });
  },
  rest: { method: 'post', path: '/documents/:document/commands', output: writtenSchema, answer: writtenAnswer },
});
