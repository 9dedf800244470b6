import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeBetween, positionAfter } from './text-change.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '😁', '本'), maxLength: 8 });

describe('the change between two states of a field', () => {
  it('makes the one of the other, and cuts no character in two', () => {
    fc.assert(
      fc.property(text, text, fc.nat(16), (before, after, caret) => {
        const { at, removed, inserted } = changeBetween(before, after, caret);
        expect(before.slice(0, at) + inserted + before.slice(at + removed)).toBe(after);
        expect([before.slice(0, at), inserted, before.slice(at + removed)].every((part) => part.isWellFormed())).toBe(
          true,
        );
      }),
    );
  });

  it('is where the caret is when the same letter is there already', () => {
    expect(changeBetween('aa', 'aaa', 1)).toEqual({ at: 0, removed: 0, inserted: 'a' });
    expect(changeBetween('aa', 'aaa', 3)).toEqual({ at: 2, removed: 0, inserted: 'a' });
    expect(changeBetween('aaa', 'aa', 1)).toEqual({ at: 1, removed: 1, inserted: '' });
  });
});

describe('a caret', () => {
  it.each([
    ['stays before what comes behind it', [{ retain: 5 }, { insert: 'new' }], 3, 3],
    ['moves on with what comes before it', [{ retain: 1 }, { insert: 'new' }], 3, 6],
    ['stays before what comes right at it', [{ retain: 3 }, { insert: 'new' }], 3, 3],
    ['moves back with what goes before it', [{ delete: 2 }], 3, 1],
    ['is where its words were when they go', [{ retain: 1 }, { delete: 5 }], 3, 1],
    ['follows several changes', [{ insert: 'ab' }, { retain: 1 }, { delete: 1 }, { insert: 'c' }], 3, 5],
  ])('%s', (_name, delta, before, after) => {
    expect(positionAfter(delta, before)).toBe(after);
  });
});
