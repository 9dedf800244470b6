import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { idOfName } from './id-of-name.ts';
import { parseDocumentName, SHORT_ID } from './ids.ts';

it('a name that is an id stays as it is', () => {
  fc.assert(
    fc.property(fc.stringMatching(SHORT_ID), (name) => {
      expect(idOfName(name)).toBe(name);
    }),
  );
});

it('any other name becomes an id, always the same, and mapped again stays that', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const id = idOfName(name);
      expect(id).toMatch(SHORT_ID);
      expect(idOfName(name)).toBe(id);
      expect(idOfName(id)).toBe(id);
      expect(parseDocumentName(`plan:${id}`)).toEqual({ kind: 'plan', id });
    }),
    { numRuns: 2_000 },
  );
});

// docs/decisions/0008-names.md has these too, for whoever writes it in another language.
it.each([
  ['invoice-7', 'invoice-7'],
  ['team/42/Meeting notes', 'team-42-Meeting-notes-v6XaWafz2mJjUfKCxK4TuA'],
  ['a.b', 'a-b-LnM23I66h-9HLfVow1SCqw'],
  ['Besprechung – März', 'Besprechung-M-rz-1mkt1POlwyzCGvZs1kpMOw'],
  ['会議', 'b33o5IrOvSdgm1JRaLXTvA'],
  ['', '47DEQpj8HBSa-_TImW-5JA'],
  ['x'.repeat(65), `${'x'.repeat(41)}-lTfF_fEgSC99WNJentWD9Q`],
])('%j is %s', (name, id) => {
  expect(idOfName(name)).toBe(id);
});

it('names that look alike have different ids', () => {
  const names = [
    'a/b',
    'a b',
    'a.b',
    'a--b/',
    '/a/b',
    'A/b',
    'a/b ',
    'café',
    'cafe\u0301',
    'x'.repeat(65),
    'x'.repeat(66),
  ];
  const long = ['1', '2'].map((end) => `${'folder/'.repeat(100)}${end}`);
  const ids = [...names, ...long].map(idOfName);
  expect(new Set(ids).size).toBe(ids.length);
});

it('half a surrogate pair is refused: as bytes it is the same as any other half', () => {
  expect(() => idOfName('a\ud800')).toThrow(/well-formed/);
});
