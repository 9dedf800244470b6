import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { copyOf, merge, refusalOf, seedDoc, seeded } from '../../test/documents.ts';
import {
  addStep,
  editStep,
  guardUndo,
  joinStep,
  KIND_READERS,
  moveStep,
  planRoots,
  removeStep,
  restoreStep,
  setPlanFields,
  splitStep,
  textOf,
} from '../index.ts';

const deps = { random: seeded(7) };

function withSteps(...titles: string[]): { doc: Y.Doc; ids: string[] } {
  const doc = seedDoc();
  return { doc, ids: titles.map((title) => addStep(doc, { title }, deps)) };
}

function titles(doc: Y.Doc): string[] {
  return KIND_READERS.plan.read(doc).steps.map((step) => step.title);
}

function updatesOf(doc: Y.Doc, act: () => void): number {
  let updates = 0;
  const count = () => updates++;
  doc.on('update', count);
  act();
  doc.off('update', count);
  return updates;
}

function setOrders(doc: Y.Doc, orders: Record<string, unknown>): void {
  for (const [id, order] of Object.entries(orders))
    (planRoots(doc).steps.get(id) as Y.Map<unknown>).set('order', order);
}

describe('steps', () => {
  it('[M3] are added last, first, or behind another', () => {
    const { doc, ids } = withSteps('a', 'b');
    addStep(doc, { title: 'first', after: null }, deps);
    addStep(doc, { title: 'between', after: ids[0]! }, deps);
    addStep(doc, { title: 'last', done: true, note: 'n', assignee: 'Ann' }, deps);
    expect(titles(doc)).toEqual(['first', 'a', 'between', 'b', 'last']);
    expect(KIND_READERS.plan.records(doc)[0]!.data).toEqual({ title: '', status: 'draft', done: 1, total: 5 });
    expect(ids[0]).toMatch(/^[0-9a-z]{8}$/);
  });

  it('[M3] go exactly where they are moved, whatever orders peers have written', () => {
    const order = fc.oneof(
      fc.constantFrom(
        'a0',
        'a1',
        'a0',
        'Zz',
        '',
        '!',
        'zzzz',
        'a00',
        'b',
        '~',
        'a0V',
        'Y :',
        'A00000000000000000000000000',
        'zzzzzzzzzzzzzzzzzzzzzzzzzzz',
      ),
      fc.constantFrom<unknown>(7, null, true),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(
        fc.array(order, { minLength: 2, maxLength: 8 }),
        fc.nat(),
        fc.integer({ min: -1, max: 7 }),
        (orders, what, to) => {
          const { doc } = withSteps(...orders.map((_, n) => `s${n}`));
          const ids = [...planRoots(doc).steps.keys()];
          setOrders(doc, Object.fromEntries(ids.map((id, n) => [id, orders[n]])));
          const before = KIND_READERS.plan.read(doc).steps.map((step) => step.id);
          const id = ids[what % ids.length]!;
          const after = to < 0 ? null : ids[to % ids.length]!;
          if (id === after) return;
          moveStep(doc, id, after);
          const expected = before.filter((other) => other !== id);
          expected.splice(after === null ? 0 : expected.indexOf(after) + 1, 0, id);
          expect(KIND_READERS.plan.read(doc).steps.map((step) => step.id)).toEqual(expected);
          const added = addStep(doc, { title: 'new', after }, deps);
          expected.splice(after === null ? 0 : expected.indexOf(after) + 1, 0, added);
          expect(KIND_READERS.plan.read(doc).steps.map((step) => step.id)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('[M3] converge after concurrent adds, moves, ticks and removals', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(4), fc.nat(20), fc.nat(20)), { maxLength: 20 }), (acts) => {
        const { doc: a } = withSteps('a', 'b', 'c');
        const docs = [a, copyOf(a)] as const;
        let added = 3;
        const removed = new Set<string>();
        for (const [who, what, one, two] of acts) {
          const doc = docs[who % 2]!;
          const ids = KIND_READERS.plan.read(doc).steps.map((step) => step.id);
          const id = ids[one % (ids.length || 1)];
          const after = [null, ...ids][two % (ids.length + 1)]!;
          if (who === 2) merge(...docs);
          else if (what === 0 || id === undefined) {
            addStep(doc, { title: `n${added++}`, after }, deps);
          } else if (what === 1 && after !== id) moveStep(doc, id, after);
          else if (what === 2) editStep(doc, id, { done: one % 2 === 0 });
          else if (what === 3) {
            removeStep(doc, id);
            removed.add(id);
          }
        }
        merge(...docs);
        const [one, two] = docs.map((doc) => KIND_READERS.plan.read(doc).steps);
        expect(one).toEqual(two);
        expect(one).toHaveLength(added - removed.size);
      }),
      { numRuns: 200 },
    );
  });

  it('[M3] two people who add behind the same step both get their way', () => {
    const { doc, ids } = withSteps('a', 'z');
    const other = copyOf(doc);
    addStep(doc, { title: 'mine', after: ids[0]! }, deps);
    addStep(other, { title: 'yours', after: ids[0]! }, deps);
    merge(doc, other);
    expect(titles(doc)).toEqual(titles(other));
    const middle = KIND_READERS.plan.read(doc).steps[1]!;
    addStep(doc, { title: 'between equals', after: middle.id }, deps);
    expect(titles(doc)[2]).toBe('between equals');
  });

  it('[M4] write nothing when nothing differs', () => {
    const { doc, ids } = withSteps('a', 'b');
    editStep(doc, ids[0]!, { done: true });
    setPlanFields(doc, { title: 'T' });
    const same = () => {
      editStep(doc, ids[0]!, { done: true, title: 'a', note: '', assignee: '' });
      setPlanFields(doc, { title: 'T', status: 'draft', repo: '' });
      moveStep(doc, ids[1]!, ids[0]!);
      moveStep(doc, ids[0]!, null);
    };
    expect(updatesOf(doc, same)).toBe(0);
    expect(updatesOf(doc, () => setPlanFields(doc, { title: 'U', status: 'done', owner: 'Ann' }))).toBe(1);
  });

  it('[M4] refuse a step that is not there, with those that are', () => {
    const { doc, ids } = withSteps('a');
    removeStep(doc, addStep(doc, { title: 'gone' }, deps));
    const steps = [{ id: ids[0], title: 'a' }];
    const cases: [string, () => unknown][] = [
      ['step', () => editStep(doc, 'nope', { done: true })],
      ['step', () => moveStep(doc, 'nope', null)],
      ['step', () => removeStep(doc, 'nope')],
      ['after', () => moveStep(doc, ids[0]!, 'nope')],
      ['after', () => addStep(doc, { title: 'x', after: 'nope' }, deps)],
    ];
    for (const [field, act] of cases) {
      const refusal = refusalOf(act);
      expect(refusal.code).toBe('not_found');
      expect(refusal.message).toContain(`${field}:`);
      expect(refusal.extra).toEqual({ field, steps });
    }
    expect(refusalOf(() => moveStep(doc, ids[0]!, ids[0]!)).code).toBe('invalid_request');
  });

  it('[M4] refuse values that are not valid, with the name of the field', () => {
    const { doc, ids } = withSteps('a');
    expect(refusalOf(() => setPlanFields(doc, { title: 'x'.repeat(201) })).message).toMatch(/^title: /);
    expect(refusalOf(() => editStep(doc, ids[0]!, { title: '  ' })).code).toBe('invalid_request');
    expect(refusalOf(() => setPlanFields(doc, { status: 'no' as never })).message).toMatch(/^status: /);
  });

  it('[M4] removal keeps the entry, so that a concurrent tick is not lost', () => {
    const { doc, ids } = withSteps('a');
    const other = copyOf(doc);
    removeStep(doc, ids[0]!);
    editStep(other, ids[0]!, { done: true });
    merge(doc, other);
    expect(titles(doc)).toEqual([]);
    expect((planRoots(doc).steps.get(ids[0]!) as Y.Map<unknown>).get('done')).toBe(true);
  });

  it('[M20] split where the caret is, and come before a title that it stands at the beginning of', () => {
    const { doc, ids } = withSteps('one two', 'three');
    const [id] = ids as [string];
    const tail = splitStep(doc, id, { from: 3, to: 4 }, deps);
    expect(titles(doc)).toEqual(['one', 'two', 'three']);
    expect(splitStep(doc, tail, { from: 0, to: 0 }, deps)).toBe(tail);
    expect(titles(doc)).toEqual(['one', '', 'two', 'three']);
    const last = splitStep(doc, tail, { from: 3, to: 3 }, deps);
    expect(titles(doc)).toEqual(['one', '', 'two', '', 'three']);
    expect(joinStep(doc, last)).toEqual({ id: tail, at: 3 });
    expect(titles(doc)).toEqual(['one', '', 'two', 'three']);
  });

  it('[M20] join with the one before, note and assignee with them', () => {
    const { doc, ids } = withSteps('one', 'two');
    const [one, two] = ids as [string, string];
    expect(joinStep(doc, one)).toBeNull();
    editStep(doc, one, { note: 'first' });
    editStep(doc, two, { note: 'second', assignee: 'Ann' });
    expect(updatesOf(doc, () => expect(joinStep(doc, two)).toEqual({ id: one, at: 3 }))).toBe(1);
    expect(KIND_READERS.plan.read(doc).steps).toMatchObject([
      { title: 'onetwo', note: 'first\nsecond', assignee: 'Ann' },
    ]);
  });

  it('[M20] come back with what was typed into them while they were gone', () => {
    const { doc, ids } = withSteps('one');
    const [id] = ids as [string];
    const other = copyOf(doc);
    removeStep(doc, id);
    textOf(planRoots(other).steps.get(id) as Y.Map<unknown>, 'title').insert(3, ' more');
    merge(doc, other);
    expect(titles(doc)).toEqual([]);
    expect(restoreStep(doc, id)).toBe(true);
    expect(titles(doc)).toEqual(['one more']);
    expect(updatesOf(doc, () => restoreStep(doc, id))).toBe(0);
    expect(restoreStep(doc, 'nope')).toBe(false);
  });

  it('[M20] undone while a colleague, unseen as yet, writes in it: their words are there when it comes back', () => {
    const origin = Symbol('own');
    const doc = seedDoc();
    const undo = new Y.UndoManager([planRoots(doc).steps], { trackedOrigins: new Set([origin]) });
    guardUndo(undo);
    const id = addStep(doc, { title: 'mine' }, deps, origin);
    const other = copyOf(doc);
    textOf(planRoots(other).steps.get(id) as Y.Map<unknown>, 'title').insert(4, ' and yours');
    undo.undo();
    expect(titles(doc)).toEqual([]);
    merge(doc, other);
    expect(titles(doc)).toEqual([]);
    undo.redo();
    expect(titles(doc)).toEqual(['mine and yours']);
    undo.undo();
    expect(titles(doc)).toEqual(['mine and yours']);
  });
});
