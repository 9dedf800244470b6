import { KINDS } from '@syncline/protocol';
import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

const [kind] = KINDS;
const GIVEN = ['--from', 'postgres://old/app', '--kind', kind];

it('takes where the table is and what its documents become, and has defaults for the rest', () => {
  expect(readOptions(GIVEN)).toEqual({
    from: 'postgres://old/app',
    columns: { table: 'documents', name: 'name', data: 'data' },
    into: { workspace: 'default', kind },
    report: undefined,
    dryRun: false,
  });
});

it.each([
  [[], /^--from: say where/],
  [['--from', 'postgres://old/app'], /^--kind: must be one of/],
  [[...GIVEN, '--kind', 'novel'], /^--kind: must be one of/],
  [[...GIVEN, '--workspace', 'a b'], /^--workspace: must be/],
  [[...GIVEN, '--tabel', 'x'], /--tabel/],
])('%j says which option is wrong, and shows how it is called', (args, why) => {
  expect(() => readOptions(args)).toThrow(why);
  expect(() => readOptions(args)).toThrow(/Usage: npm run import/);
});
