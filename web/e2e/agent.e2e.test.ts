import { describe, expect, it } from 'vitest';
import { editor, openPlan } from './browser.ts';
import { running } from './running.ts';
import { textOf } from './system.ts';

const { system, browser } = await running();

describe('a person and an agent in one paragraph', () => {
  it('lose no character of either', async () => {
    const id = await system.createPlan({ title: 'Both', markdown: 'The cache holds one entry per key. People add:' });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    await editor(page).getByText('People add:').click();
    await page.keyboard.press('End');
    const typed = ' every word of this sentence, while the agent rewrites its beginning';
    const [, ...edits] = await Promise.all([
      page.keyboard.type(typed, { delay: 12 }),
      system.replaceText(id, 'one entry', 'at most two entries'),
      system.replaceText(id, 'The cache', 'The **write-through** cache'),
      system.replaceText(id, 'per key', 'for each key'),
    ]);
    expect(edits).toHaveLength(3);
    const whole = `The write-through cache holds at most two entries for each key. People add:${typed}`;
    await expect.poll(async () => textOf(await system.readPlan(id)).trim()).toBe(whole);
    await expect.poll(async () => (await editor(page).innerText()).trim()).toBe(whole);
    await page.close();
  });

  it('keeps the agent’s words when the person undoes theirs', async () => {
    const id = await system.createPlan({ title: 'Undo', markdown: 'We retry twice.' });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    await editor(page).getByText('We retry twice.').click();
    await page.keyboard.press('End');
    await page.keyboard.type(' Then we stop.');
    await system.replaceText(id, 'twice', 'three times');
    await editor(page).getByText('three times').waitFor();
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await editor(page).innerText()).trim()).toBe('We retry three times.');
    await page.close();
  });

  it('keeps them also when the person undoes a change of the block’s type', async () => {
    const id = await system.createPlan({ title: 'Retype', markdown: 'Risks are few.' });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    await editor(page).getByText('Risks are few.').click();
    await page.keyboard.press('Control+Alt+2');
    await editor(page).getByRole('heading', { name: 'Risks are few.' }).waitFor();
    await expect.poll(async () => (await system.readPlan(id)).blocks[0]?.type).toBe('heading');
    await system.replaceText(id, 'few', 'many');
    await editor(page).getByText('Risks are many.').waitFor();
    await page.keyboard.press('Control+z');
    await page.waitForTimeout(300);
    expect(textOf(await system.readPlan(id))).toContain('Risks are many.');
    await page.close();
  });
});
