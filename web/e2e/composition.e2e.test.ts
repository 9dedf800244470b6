import type { CDPSession, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { editor, openPlan, pill } from './browser.ts';
import { writtenIn } from './drawn.ts';
import { running } from './running.ts';
import { textOf } from './system.ts';

const { system, browser } = await running();

/** How long a busy machine may take, and words to be held back at most. */
const PATIENTLY = { timeout: 40_000 };

/** Ann’s caret is at one end of a line, and what she types goes through an input method; Ben has the plan open, too. */
async function atWork(title: string, caret: 'Home' | 'End') {
  const id = await system.createPlan({ title, markdown: 'one two' });
  const [ann, ben] = await Promise.all(
    [1, 2].map(async () => {
      const page = await (await browser.newContext()).newPage();
      await openPlan(page, `${system.url}/plan/${id}`);
      return page;
    }),
  );
  await editor(ann!).getByText('one two').click();
  await ann!.keyboard.press(caret);
  const ime = await ann!.context().newCDPSession(ann!);
  const close = () => Promise.all([ann!.context().close(), ben!.context().close()]);
  return { id, ann: ann!, ben: ben!, ime, close };
}

/** As an input method shows what it has not settled on yet. */
function compose(ime: CDPSession, text: string): Promise<unknown> {
  return ime.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
}

function settleOn(ime: CDPSession, text: string): Promise<unknown> {
  return ime.send('Input.insertText', { text });
}

/** An agent writes before and behind Ann’s words, and Ben has seen it. */
async function editAround(id: string, ben: Page): Promise<void> {
  await system.replaceText(id, 'one', 'first one');
  await system.replaceText(id, 'two', 'two and last');
  await editor(ben).filter({ hasText: 'first' }).filter({ hasText: 'last' }).waitFor();
}

describe('while somebody composes', () => {
  // Which of two people’s words at one place comes first is nobody’s choice.
  it.each([
    ['Home', 'にほんone two', /^(日本語!first |first 日本語!)one two and last$/],
    ['End', 'one twoにほん', /^first one two(日本語! and last| and last日本語!)$/],
  ] as const)(
    'at %s, words that others write there are kept, and of what was composed only what it became',
    async (caret, interim, outcome) => {
      const { id, ann, ben, ime, close } = await atWork(`Composed at ${caret}`, caret);
      for (const kana of ['n', 'に', 'にh', 'にほ', 'にほん']) await compose(ime, kana);
      await expect.poll(() => writtenIn(ben), PATIENTLY).toBe(interim);
      await editAround(id, ben);
      await compose(ime, '日本語');
      await settleOn(ime, '日本語');
      await ann.keyboard.type('!');
      for (const page of [ann, ben]) await expect.poll(() => writtenIn(page), PATIENTLY).toMatch(outcome);
      await pill(ann).filter({ hasText: 'All changes saved' }).waitFor();
      expect(textOf(await system.readPlan(id))).toMatch(outcome);
      await close();
    },
  );

  it('for very long, others’ words come in all the same, and none of them is deleted', async () => {
    const { id, ann, ben, ime, close } = await atWork('Composed for long', 'End');
    await compose(ime, 'にほん');
    await editAround(id, ben);
    await expect.poll(() => writtenIn(ann), PATIENTLY).toMatch(/first .*one two.* and last/);
    await compose(ime, '日本語');
    await settleOn(ime, '日本語');
    const outcome = /^first one two.* and last.*日本語$|^first one two.*日本語.* and last$/;
    for (const page of [ann, ben]) await expect.poll(() => writtenIn(page), PATIENTLY).toMatch(outcome);
    await pill(ann).filter({ hasText: 'All changes saved' }).waitFor();
    expect(textOf(await system.readPlan(id))).toMatch(outcome);
    await close();
  });
});
