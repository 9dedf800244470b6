import { describe, expect, it } from 'vitest';
import { isCreate, KINDS, requireVerbOf, roleFor, type Verb, verbSchema } from './index.ts';

const EDIT: Verb = { verb: 'document.edit', args: { edits: [{ op: 'delete_block', block: 'abcde' }] } };
const UPDATE: Verb = { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'A' }] } };

describe('verbs', () => {
  it('are what gateways of 0.1.0 send and pods of 0.1.0 take', () => {
    const sent = [
      { verb: 'plan.create', args: { title: 'A', steps: [], blocks: [] } },
      { ...UPDATE, args: { ...UPDATE.args, base_rev: 3 } },
      EDIT,
      { verb: 'document.delete', args: {} },
      { verb: 'document.undelete', args: { base_rev: 0 } },
      { verb: 'document.batch', args: { commands: [UPDATE, EDIT], base_rev: 1 } },
    ];
    for (const verb of sent) expect(JSON.stringify(verbSchema.parse(verb))).toBe(JSON.stringify(verb));
  });

  it.each([
    { verb: 'plan.create', args: { title: 'A', steps: [], blocks: [], base_rev: 1 } },
    { verb: 'document.batch', args: { commands: [{ ...UPDATE, args: { ...UPDATE.args, base_rev: 1 } }] } },
    { verb: 'document.batch', args: { commands: [{ verb: 'document.delete', args: {} }] } },
    { verb: 'plan.destroy', args: {} },
  ])('%j is none', (verb) => {
    expect(verbSchema.safeParse(verb).success).toBe(false);
  });

  it('say whether they make a document, and which role they need', () => {
    expect([isCreate({ verb: 'plan.create' }), isCreate(UPDATE)]).toEqual([true, false]);
    expect(roleFor(EDIT)).toBe('editor');
  });

  it('[M26] of one kind are refused for another, alone and in a batch, with what it takes instead', () => {
    const wrong: [Verb, string][] = [
      [UPDATE, 'plan.update'],
      [EDIT, 'document.edit'],
      [{ verb: 'document.batch', args: { commands: [UPDATE] } }, 'plan.update'],
    ];
    for (const [verb, name] of wrong) {
      expect(() => requireVerbOf('plan', verb)).not.toThrow();
      expect(() => requireVerbOf('doc', verb)).toThrow(
        `${name}: documents of kind doc do not take this verb. Docs take doc.create, doc.apply, doc.rename, document.delete,`,
      );
    }
    expect(() => requireVerbOf('plan', { verb: 'doc.rename', args: { title: 'A' } })).toThrow('of kind plan');
  });

  it('of every kind are taken by every kind', () => {
    for (const kind of KINDS) {
      for (const verb of ['document.delete', 'document.undelete'] as const)
        expect(() => requireVerbOf(kind, { verb, args: {} })).not.toThrow();
    }
  });
});
