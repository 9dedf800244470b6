import { EDIT_OPS, verbSchema } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { INSTRUCTIONS } from '../mcp/instructions.ts';
import { readEdit } from '../markdown/tasks.ts';
import { toolSchema } from '../mcp/tools.ts';
import { validate } from '../validate.ts';
import { editDocument, type EditInput } from './edits.ts';
import { OPERATIONS } from './table.ts';

describe('the table', () => {
  it('names everything once', () => {
    const names = OPERATIONS.map(({ name }) => name);
    const tools = OPERATIONS.flatMap(({ mcp }) => mcp?.tool ?? []);
    const routes = OPERATIONS.flatMap(({ rest }) => (rest ? `${rest.method} ${rest.path}` : []));
    for (const list of [names, tools, routes]) expect(new Set(list).size).toBe(list.length);
    expect(tools).toEqual(['search', 'read_document', 'create_document', 'update_plan', 'edit_document']);
  });

  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))('%s is consistent', (_, operation) => {
    const { input, rest, mcp, scope } = operation;
    expect(rest ?? mcp).toBeDefined();
    expect(input.safeParse({ nonsense: 1 }).error?.issues.some(({ code }) => code === 'unrecognized_keys')).toBe(true);
    for (const [, field] of rest?.path.matchAll(/:(\w+)/g) ?? []) expect(Object.keys(input.shape)).toContain(field);
    for (const field of Object.keys(rest?.query ?? {})) expect(Object.keys(input.shape)).toContain(field);
    if (!mcp) return;
    expect(mcp.description.length).toBeLessThan(2048);
    expect(mcp.annotations.readOnlyHint).toBe(scope === 'read');
    const schema = z.toJSONSchema(toolSchema(operation), { io: 'input' });
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(Object.keys(schema.properties!).includes('op_id')).toBe(scope === 'write');
  });

  it('instructs in less than 2 KB', () => {
    expect(Buffer.byteLength(INSTRUCTIONS)).toBeLessThan(2048);
  });
});

describe('edits', () => {
  const inputs: Record<(typeof EDIT_OPS)[number], EditInput> = {
    replace_text: { op: 'replace_text', old_text: 'a', new_text: '' },
    replace_block: { op: 'replace_block', block: '#k3f9a', markdown: '# A' },
    insert_after: { op: 'insert_after', block: 'k3f9a', markdown: '- a\n- b' },
    delete_block: { op: 'delete_block', block: '{#k3f9a}' },
    append: { op: 'append', markdown: 'a' },
    prepend: { op: 'prepend', markdown: '```ts\na\n```' },
  };

  it.each(EDIT_OPS)('%s becomes what pods take', (op) => {
    const input = validate(editDocument.input, { document: 'plan:a', edits: [inputs[op]] }) as { edits: EditInput[] };
    const verb = { verb: 'document.edit', args: { edits: input.edits.map(readEdit) } };
    expect(verbSchema.safeParse(verb).error).toBeUndefined();
    expect([undefined, 'k3f9a']).toContain((verb.args.edits[0] as { block?: string }).block);
  });

  it.each([
    [{ op: 'replace_text', old_text: 'a' }, 'edits[0].new_text: replace_text needs new_text'],
    [{ op: 'delete_block', block: 'b', markdown: 'x' }, 'edits[0].markdown: delete_block does not take markdown'],
    [{ op: 'append' }, 'edits[0].markdown: append needs markdown'],
    [{ op: 'rewrite' }, 'edits[0].op:'],
    [{ op: 'append', markdown: 'a', position: 1 }, 'edits[0].position: there is no such field'],
  ])('%j is refused by field', (edit, message) => {
    expect(() => validate(editDocument.input, { document: 'plan:a', edits: [edit] })).toThrow(message);
  });

  it('refuses Markdown without a block', () => {
    expect(() => readEdit({ op: 'append', markdown: '\n \n' }, 3)).toThrow('edits[3].markdown');
  });
});
