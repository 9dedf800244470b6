import { expect, it } from 'vitest';
import { page } from './page.ts';

function readAll(markdown: string, characters: number): string[] {
  const texts: string[] = [];
  let cursor: string | undefined;
  do {
    const part = page(markdown, { revision: 3, cursor, characters });
    texts.push(part.text);
    cursor = /cursor: "([^"]+)"/.exec(part.more ?? '')?.[1];
  } while (cursor !== undefined);
  return texts;
}

it('gives a short document whole', () => {
  expect(page('# A\n\ntext', { revision: 1, characters: 100 })).toEqual({ text: '# A\n\ntext' });
});

it('cuts between blocks, list items too, and never inside fenced code', () => {
  const markdown = '# A\n\n- [x] 1. one\n- [ ] 2. two\n\n```\ncode\n\nmore\n```\n\nend';
  expect(readAll(markdown, 20)).toEqual(['# A\n\n- [x] 1. one', '- [ ] 2. two', '```\ncode\n\nmore\n```', 'end']);
});

it('cuts a block that is longer than a page, but no character', () => {
  const texts = readAll('😀'.repeat(20), 7);
  expect(texts.join('')).toBe('😀'.repeat(20));
  expect(texts.every((text) => text.length <= 7)).toBe(true);
});

it('says that the document has changed since the page before', () => {
  expect(page('a\n\nb', { revision: 4, cursor: '3.2', characters: 10 }).note).toContain('rev 3');
});

it.each(['x', '3', '3.9999', '-1.2'])('refuses the cursor %s', (cursor) => {
  expect(() => page('a\n\nb', { revision: 3, cursor, characters: 10 })).toThrow('cursor');
});
