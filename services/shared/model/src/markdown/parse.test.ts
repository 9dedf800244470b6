import { Refusal } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import { parseBlocks, parseInline } from './index.ts';

const text = (value: string, marks = {}) => ({ text: value, marks });

describe('parseBlocks', () => {
  it.each([
    ['a soft break is a space', 'one\ntwo', [text('one two')]],
    ['hard breaks', 'one  \ntwo\\\nthree<br>four', [text('one\ntwo\nthree\nfour')]],
    ['bare links', 'see https://x.y/z', [text('see '), text('https://x.y/z', { link: 'https://x.y/z' })]],
    ['references', '[a][b]\n\n[b]: https://x.y', [text('a', { link: 'https://x.y' })]],
    ['images become links', '![alt](https://x.y/i.png)', [text('alt', { link: 'https://x.y/i.png' })]],
    ['other HTML is text', 'a <b>c</b>', [text('a <b>c</b>')]],
    ['an unclosed <u> is text', 'a <u>b', [text('a <u>b')]],
    ['footnotes are text', 'a[^1]', [text('a[^1]')]],
  ])('%s', (_name, markdown, content) => {
    expect(parseBlocks(markdown)).toMatchObject([{ type: 'paragraph', content }]);
  });

  it('keeps what has no block of its own as text', () => {
    const blocks = parseBlocks('| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n\n<!-- note -->');
    expect(blocks).toMatchObject([
      { type: 'codeBlock', content: [text('| a | b |\n|---|---|\n| 1 | 2 |')] },
      { type: 'paragraph', content: [text('---')] },
      { type: 'paragraph', content: [text('<!-- note -->')] },
    ]);
  });

  it('reads quotes as a block for each paragraph, with what else is in them below', () => {
    expect(parseBlocks('> a\n>\n> b\n>\n> - c')).toMatchObject([
      { type: 'quote', content: [text('a')] },
      { type: 'quote', content: [text('b')], children: [{ type: 'bulletListItem', content: [text('c')] }] },
    ]);
  });

  it('[M14] hands on what looks like an anchor, unless it is escaped', () => {
    expect(parseBlocks('a {#k3f9a}')).toMatchObject([{ props: { anchor: 'k3f9a' }, content: [text('a')] }]);
    for (const literal of ['a \\{#k3f9a}', 'a `{#k3f9a}`', 'a{#k3f9a}', 'a {#K3F9A}'])
      expect(parseBlocks(literal)[0]!.props).toEqual({});
  });

  it.each([
    ['nested quotes', '>'.repeat(40)],
    ['nested lists', Array.from({ length: 40 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n')],
    ['indentation', Array.from({ length: 40 }, (_, depth) => `a {#aaaaa in=${depth}}`).join('\n\n')],
    ['a hundred thousand markers', '> '.repeat(100_000)],
    ['emphasis', `${'*'.repeat(50_000)}a${'*'.repeat(50_000)}`],
    ['emphasis, alternating', '*_'.repeat(50_000)],
    ['emphasis, nested', `${'*a **a '.repeat(200)}${'a** a* '.repeat(200)}`],
  ])('[M15] refuses %s that go on and on', (_name, markdown) => {
    const start = performance.now();
    expect(() => parseBlocks(markdown)).toThrow(expect.objectContaining({ code: 'invalid_request' }) as Refusal);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('[M15] refuses what is too long', () => {
    expect(() => parseBlocks('x'.repeat(1_000_001))).toThrow(expect.objectContaining({ code: 'too_large' }) as Refusal);
  });

  it('[M15] keeps whitespace from taking quadratic time', () => {
    const start = performance.now();
    parseInline(`${'\n '.repeat(20_000)}x${' '.repeat(20_000)}y${'\n '.repeat(20_000)}`);
    expect(performance.now() - start).toBeLessThan(2500);
  });
});

describe('parseInline', () => {
  it.each([
    [
      'marks',
      '**a** *b* ~~c~~ `d` <u>e</u>',
      [
        text('a', { bold: true }),
        text(' '),
        text('b', { italic: true }),
        text(' '),
        text('c', { strike: true }),
        text(' '),
        text('d', { code: true }),
        text(' '),
        text('e', { underline: true }),
      ],
    ],
    ['what would begin a block', '# a', [text('# a')]],
    ['a list', '- [ ] a\n- b', [text('- [ ] a\n- b')]],
    ['spaces at the edges', '  a ', [text('  a ')]],
    ['only a space', ' ', [text(' ')]],
    ['line breaks at the edges', '\n\na\n', [text('a')]],
    ['blocks', 'a\n\n**b**', [text('a\n\n'), text('b', { bold: true })]],
    ['nothing', '', []],
  ])('%s', (_name, markdown, runs) => {
    expect(parseInline(markdown)).toEqual(runs);
  });
});
