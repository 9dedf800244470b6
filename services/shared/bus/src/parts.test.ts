import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Assembly, formatPart, parsePart, splitParts } from './parts.ts';

describe('messages in parts', () => {
  it('[B5] come together from parts in any order, each sent any number of times', () => {
    const messages = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 50 }), fc.infiniteStream(fc.nat()), (data, size, chance) => {
        const parts = splitParts(data, size);
        expect(parts.every((part) => part.length <= size)).toBe(true);
        const sent = [...parts.keys(), ...parts.keys()];
        const order = sent.map((n) => ({ n, key: chance.next().value! })).toSorted((a, b) => a.key - b.key);
        const assembly = new Assembly(200);
        const arrived = new Set<number>();
        for (const { n } of order) {
          const whole = assembly.add({ n: n + 1, of: parts.length }, parts[n]!);
          arrived.add(n);
          expect(whole && [...whole]).toEqual(arrived.size === parts.length ? [...data] : null);
        }
      }),
    );
  });

  it('[B6] grow no further than the limit', () => {
    const assembly = new Assembly(10);
    expect(assembly.add({ n: 1, of: 3 }, new Uint8Array(6))).toBeNull();
    expect(() => assembly.add({ n: 2, of: 3 }, new Uint8Array(5))).toThrow(RangeError);
  });

  it('do not mix', () => {
    const assembly = new Assembly(10);
    assembly.add({ n: 1, of: 3 }, new Uint8Array(1));
    expect(() => assembly.add({ n: 2, of: 2 }, new Uint8Array(1))).toThrow(RangeError);
  });

  it('are numbered n/m, and nothing else', () => {
    expect(parsePart(formatPart(3, 7))).toEqual({ n: 3, of: 7 });
    for (const text of ['', '0/1', '2/1', '1/', '1/x', '-1/2', '1/2/3', '1/99999999'])
      expect({ text, read: parsePart(text) }).toEqual({ text, read: null });
  });
});
