import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { editor, openPlan } from './browser.ts';
import { running } from './running.ts';
import { textOf } from './system.ts';

const { system, browser } = await running();

/** What the editor, or somebody who expects it to, takes for more than these letters. */
const TYPED = [
  '---',
  '***',
  '___',
  '# ',
  '## ',
  '###### ',
  '- ',
  '* ',
  '+ ',
  '1. ',
  '7. ',
  '[] ',
  '[x] ',
  '> ',
  '" ',
  '“ ',
  '``` ',
  '```ts ',
  '**b**',
  '__b__',
  '*i*',
  '_i_',
  '~~s~~',
  '`c`',
  '`c` ',
  ':s:',
  '--',
  '->',
  '...',
];

/** Of each kind one. */
const ONE_OF_EACH = ['---', '# ', '- ', '1. ', '[] ', '> ', '``` ', '**b**', '_i_', '`c`', ':s:', '->'];

/** How long a busy machine may take. */
const PATIENTLY = { timeout: 30_000 };

interface Selected {
  editor: {
    state: { selection: { empty: boolean; $head: { parentOffset: number; parent: { textContent: string } } } };
  };
}

/** Puts the caret into the line, again until the editor has it there: on a busy machine keys overtake the click. */
async function putCaret(page: Page, line: string, offset: number): Promise<void> {
  const put = async () => {
    await editor(page).getByText(line, { exact: true }).click();
    await page.keyboard.press('Home');
    for (let moved = 0; moved < offset; moved++) await page.keyboard.press('ArrowRight');
    return page.evaluate(() => {
      const { empty, $head } = (document.querySelector('.bn-editor') as unknown as Selected).editor.state.selection;
      const hasFocus = document.activeElement?.closest('.bn-editor') !== null && document.hasFocus();
      // A click soon after another selects what it is on.
      return [$head.parent.textContent, $head.parentOffset, hasFocus && empty];
    });
  };
  await expect.poll(put, PATIENTLY).toEqual([line, offset, true]);
}

const lineOf = (n: number) => `old ${n} words`;

describe('what is typed as a shortcut', () => {
  it.each([
    ['before', TYPED, () => 0, (n: number) => new RegExp(`abcold ${n} words$`, 'm')],
    ['within', ONE_OF_EACH, () => 4, (n: number) => new RegExp(`^old .*abc${n} words$`, 'm')],
    ['behind', ONE_OF_EACH, (n: number) => lineOf(n).length, (n: number) => new RegExp(`^old ${n} words.*abc$`, 'm')],
  ] as const)('%s other words deletes none of them, and none of what follows', async (_place, all, offset, kept) => {
    const id = await system.createPlan({ title: 'Typed', markdown: all.map((_, n) => lineOf(n)).join('\n\n') });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    for (const [n, typed] of all.entries()) {
      await putCaret(page, lineOf(n), offset(n));
      await page.keyboard.type(`${typed}abc`);
      await expect.poll(() => editor(page).innerText(), { ...PATIENTLY, message: typed }).toMatch(kept(n));
    }
    for (const [n, typed] of all.entries())
      await expect
        .poll(async () => textOf(await system.readPlan(id)), { ...PATIENTLY, message: typed })
        .toMatch(kept(n));
    await page.close();
  });

  it('keeps words with a fence above them, when Enter follows it', async () => {
    const id = await system.createPlan({ title: 'Fence', markdown: 'old words' });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    await putCaret(page, 'old words', 0);
    await page.keyboard.type('```ts\nabc');
    await expect.poll(async () => textOf(await system.readPlan(id)), PATIENTLY).toBe('```ts\nabcold words');
    await page.close();
  });
});

describe('--- in an empty paragraph', () => {
  it.each([
    ['at the end', 'head', ['paragraph head', 'divider ', 'paragraph abc']],
    ['above words', 'head\n\ntail', ['paragraph head', 'divider ', 'paragraph abc', 'paragraph tail']],
    ['above a heading', 'head\n\n# tail', ['paragraph head', 'divider ', 'paragraph abc', 'heading tail']],
  ])('%s becomes a divider, and typing goes on behind it', async (_place, markdown, outcome) => {
    const id = await system.createPlan({ title: 'Divider', markdown });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    await putCaret(page, 'head', 4);
    await page.keyboard.press('Enter');
    await page.keyboard.type('---abc');
    const blocks = async () =>
      (await system.readPlan(id)).blocks.map(
        ({ type, content }) => `${type} ${content.map(({ text }) => text).join('')}`,
      );
    await expect.poll(blocks, PATIENTLY).toEqual(outcome);
    await page.close();
  });

  it('uses the empty paragraph behind it', async () => {
    const id = await system.createPlan({ title: 'Divider', markdown: 'head' });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    await putCaret(page, 'head', 4);
    for (const key of ['Enter', 'Enter', 'ArrowUp']) await page.keyboard.press(key);
    await page.keyboard.type('---abc');
    const blocks = async () => (await system.readPlan(id)).blocks.map(({ type }) => type);
    await expect.poll(blocks, PATIENTLY).toEqual(['paragraph', 'divider', 'paragraph']);
    await editor(page).getByText('abc').waitFor();
    await page.close();
  });
});
