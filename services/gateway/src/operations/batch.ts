import { type BatchPart, documentNameSchema, MAX_BATCH } from '@syncline/protocol';
import * as z from 'zod';
import { ofEachKind } from '../kinds.ts';
import { writtenSchema } from './answers.ts';
import { EDIT_COMMAND } from './edits.ts';
import { defineOperation } from './operation.ts';
import { baseRev, documentRef, write, writtenAnswer } from './writes.ts';

const COMMANDS = [...ofEachKind(({ batch }) => batch).flat(), EDIT_COMMAND];

const [first, ...others] = COMMANDS.map(({ command, fields }) =>
  z.strictObject({ command: z.literal(command), ...fields.shape }),
);
const commandSchema = z.discriminatedUnion('command', [first!, ...others]);

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
    const parts: BatchPart[] = [];
    for (const { command, ...fields } of commands)
      parts.push(await COMMANDS.find((known) => known.command === command)!.read(fields, call));
    return write(call, documentRef(call, document), { verb: 'document.batch', args: { commands: parts, base_rev } });
  },
  rest: { method: 'post', path: '/documents/:document/commands', output: writtenSchema, answer: writtenAnswer },
});
