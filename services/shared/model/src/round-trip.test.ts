import * as fc from 'fast-check';
import { BLOCK_TYPES, type BlockInput, type Marks, type Run } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import { blocksOf, edit, meaningOf, seedDoc } from '../test/documents.ts';
import { parseBlocks, renderBlocks } from './markdown/index.ts';
import { joinRuns } from './markdown/inline.ts';

const word = fc.oneof(
  fc.constantFrom(
    'plain',
    'a',
    ' ',
    '  ',
    '*',
    '**',
    '_',
    '__',
    '~',
    '~~',
    '`',
    '``',
    '[',
    ']',
    '(',
    ')',
    '![',
    '](x)',
    '<u>',
    '</u>',
    '<br>',
    '<',
    '>',
    '#',
    '# ',
    '- ',
    '+ ',
    '1. ',
    '2)',
    '---',
    '===',
    '|',
    '| a |',
    '\\',
    '\\\\',
    '&amp;',
    '&',
    '&#32;',
    'https://example.com/a_b',
    'www.example.com',
    'me@example.com',
    '{#k3f9a}',
    '{@k3f9a}',
    '{',
    '}',
    '[ ] ',
    '[x] ',
    ':',
    '\t',
    '!',
    '.',
    '```',
    '~~~',
    '"',
    "'",
    '😀',
    'é',
    '漢字',
    '\u00a0',
    '<block id="abcde" type="table"/>',
    '<!--',
    '-->',
    '$x$',
    '[^1]',
    '$',
    '=',
    '%20',
  ),
  fc.string({ maxLength: 4, unit: fc.constantFrom(...'ab *_`~[]()<>!#-+.\\&{}@:|"\'=/ 1') }),
);
const text = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(''));

const flag = fc.option(fc.constant(true as const), { nil: undefined, freq: 3 });
const marks: fc.Arbitrary<Marks> = fc
  .record({
    bold: flag,
    italic: flag,
    underline: flag,
    strike: flag,
    code: flag,
    link: fc.option(
      fc.constantFrom(
        'https://example.com',
        'a b',
        'x(y)z',
        '<q>',
        '#here',
        'mailto:a@b.c',
        'a"b\\c',
        'https://example.com/a_b*c',
      ),
      { nil: undefined, freq: 5 },
    ),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));

const runs: fc.Arbitrary<Run[]> = fc
  .array(
    fc.record({ text: fc.oneof({ weight: 6, arbitrary: text }, { weight: 1, arbitrary: fc.constant('\n') }), marks }),
    {
      maxLength: 5,
    },
  )
  .map((all) => joinRuns(all.map((run) => (run.text.includes('\n') ? { text: run.text, marks: {} } : run))));

const code = fc.array(text, { maxLength: 4 }).map((lines) => joinRuns([{ text: lines.join('\n'), marks: {} }]));

const blocks = fc.letrec<{ block: BlockInput; blocks: BlockInput[] }>((tie) => ({
  blocks: fc.array(tie('block'), { maxLength: 4, depthIdentifier: 'blocks' }),
  block: fc
    .record({
      type: fc.constantFrom(...BLOCK_TYPES),
      level: fc.integer({ min: 1, max: 6 }),
      checked: fc.boolean(),
      language: fc.constantFrom('text', 'ts', 'c++', 'python'),
      start: fc.option(fc.integer({ min: 2, max: 999 }), { nil: undefined, freq: 3 }),
      runs,
      code,
      children: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: tie('blocks') },
      ),
    })
    .map(({ type, level, checked, language, start, runs, code, children }): BlockInput => ({
      type,
      props: {
        ...(type === 'heading' ? { level } : {}),
        ...(type === 'checkListItem' ? { checked } : {}),
        ...(type === 'codeBlock' ? { language } : {}),
        ...(type === 'numberedListItem' && start !== undefined ? { start } : {}),
      },
      content: type === 'codeBlock' ? code : runs,
      children: children as BlockInput[],
    })),
})).blocks;

describe('Markdown', () => {
  it('[M7] reads back what it shows: blocks → Y → Markdown → blocks, whatever the text', () => {
    fc.assert(
      fc.property(
        blocks.filter((all) => all.length > 0),
        (inputs) => {
          const doc = seedDoc();
          edit(doc, { op: 'append', blocks: inputs });
          const read = blocksOf(doc);
          expect(meaningOf(read)).toEqual(meaningOf(inputs));
          const again = parseBlocks(renderBlocks(read));
          expect(meaningOf(again)).toEqual(meaningOf(inputs));
        },
      ),
      { numRuns: 300 },
    );
  });
});
