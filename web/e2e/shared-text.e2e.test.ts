import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { editor, openPlan } from './browser.ts';
import { running } from './running.ts';

const PATIENTLY = { timeout: 15_000 };

const { system, browser } = await running();

interface Read {
  title: string;
  steps: { id: string; title: string; note: string; assignee: string }[];
}

async function plan(steps: { title: string; note?: string }[] = [{ title: 'One' }, { title: 'Two' }]) {
  const id = await system.createPlan({ title: 'Plan', steps, markdown: 'Text.' });
  const read = async () => (await system.readPlan(id)) as unknown as Read;
  const titles = async () => (await read()).steps.map(({ title }) => title);
  const opened = async () => {
    const page = await (await browser.newContext()).newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    return page;
  };
  return { id, read, titles, opened };
}

const titleField = (page: Page) => page.getByLabel('Plan title');
const step = (page: Page, position: string) => page.getByLabel(`Step ${position}`, { exact: true });

async function caretTo(page: Page, at: number) {
  await page.evaluate((place) => {
    const field = document.activeElement as HTMLTextAreaElement;
    field.setSelectionRange(place, place);
  }, at);
}

/** @param title of the step; of the only one where others are writing it */
async function details(page: Page, title = '') {
  await page.getByRole('button', { name: `More for: ${title}` }).click();
  await page.getByRole('menuitem', { name: 'Assignee and note' }).click();
  return page.getByRole('dialog', { name: 'Assignee and note' });
}

describe('two people in one text', () => {
  it('keep all their characters, in the title, a step and its note, connected and apart', async () => {
    const { read, opened } = await plan([{ title: 'One', note: 'Note' }]);
    const pages = await Promise.all([opened(), opened()]);
    const typeAll = async (page: Page, words: string) => {
      await titleField(page).press('End');
      await page.keyboard.type(words);
      await step(page, '1 of 1').press('End');
      await page.keyboard.type(words);
      const dialog = await details(page);
      await dialog.getByLabel('Note').press('End');
      await page.keyboard.type(words);
      await dialog.getByRole('button', { name: 'Done' }).click();
    };
    await Promise.all(pages.map((page, n) => typeAll(page, n ? 'yyyy' : 'mmmm')));
    await Promise.all(pages.map((page) => page.context().setOffline(true)));
    await Promise.all(pages.map((page, n) => typeAll(page, n ? 'YYYY' : 'MMMM')));
    await Promise.all(pages.map((page) => page.context().setOffline(false)));
    const letters = (text: string) => [...text].toSorted().join('');
    await expect
      .poll(async () => {
        const { title, steps } = await read();
        return [title, steps[0]!.title, steps[0]!.note].map(letters);
      }, PATIENTLY)
      .toEqual(['Plan', 'One', 'Note'].map((text) => letters(`${text}mmmmyyyyMMMMYYYY`)));
    await Promise.all(pages.map((page) => page.context().close()));
  });

  it('a note survives somebody who only sets the assignee, and a command changes only its words', async () => {
    const { id, read, opened } = await plan([{ title: 'One', note: 'Ask the team' }]);
    const [mine, yours] = await Promise.all([opened(), opened()]);
    const dialog = await details(mine, 'One');
    const theirs = await details(yours, 'One');
    await theirs.getByLabel('Note').press('End');
    await yours.keyboard.type(' on Monday');
    await dialog.getByLabel('Assignee').fill('Ada');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect
      .poll(async () => (await read()).steps[0], PATIENTLY)
      .toMatchObject({
        assignee: 'Ada',
        note: 'Ask the team on Monday',
      });
    await titleField(yours).waitFor();
    const { steps } = await read();
    await system.agent('PATCH', `/plans/${id}/steps/${steps[0]!.id}`, { note: 'Tell the team on Monday' });
    await expect.poll(() => theirs.getByLabel('Note').inputValue(), PATIENTLY).toBe('Tell the team on Monday');
    await Promise.all([mine, yours].map((page) => page.context().close()));
  });

  it('a caret stays at its words when a colleague writes before it', async () => {
    const { opened } = await plan();
    const [mine, yours] = await Promise.all([opened(), opened()]);
    await titleField(mine).focus();
    await caretTo(mine, 4);
    await titleField(yours).focus();
    await caretTo(yours, 0);
    await yours.keyboard.type('The ');
    await expect.poll(() => titleField(mine).inputValue(), PATIENTLY).toBe('The Plan');
    await mine.keyboard.type('!');
    await expect.poll(() => titleField(yours).inputValue(), PATIENTLY).toBe('The Plan!');
    await Promise.all([mine, yours].map((page) => page.context().close()));
  });
});

describe('undo', () => {
  it('brings a deleted step back by key, wherever the focus is, and touches no neighbour', async () => {
    const { titles, opened } = await plan();
    const page = await opened();
    await page.getByRole('button', { name: 'More for: Two' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await expect.poll(titles, PATIENTLY).toEqual(['One']);
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Step 1 of 1');
    await page.keyboard.press('Control+z');
    await expect.poll(titles, PATIENTLY).toEqual(['One', 'Two']);
    await step(page, '2 of 2').focus();
    await page.keyboard.press('End');
    await page.keyboard.type(' more');
    await editor(page).click();
    await page.keyboard.press('Control+z');
    await expect.poll(titles, PATIENTLY).toEqual(['One', 'Two']);
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(titles, PATIENTLY).toEqual(['One', 'Two more']);
    await page.context().close();
  });

  it('of Enter puts the caret back, so that one can go on writing', async () => {
    const { titles, opened } = await plan();
    const page = await opened();
    await step(page, '1 of 2').press('End');
    await page.keyboard.press('Enter');
    await expect.poll(titles, PATIENTLY).toEqual(['One', '', 'Two']);
    await page.keyboard.press('Control+z');
    await page.keyboard.type('!');
    await expect.poll(titles, PATIENTLY).toEqual(['One!', 'Two']);
    await page.context().close();
  });

  it('is offered after each deletion, and is one’s own', async () => {
    const { id, titles, read, opened } = await plan();
    const page = await opened();
    await page.getByRole('button', { name: 'More for: Two' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText('“Two” was deleted.').first().waitFor();
    const [one] = (await read()).steps;
    await system.agent('PATCH', `/plans/${id}/steps/${one!.id}`, { title: 'One by an agent' });
    await expect.poll(() => step(page, '1 of 1').inputValue(), PATIENTLY).toBe('One by an agent');
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await expect.poll(titles, PATIENTLY).toEqual(['One by an agent', 'Two']);
    await page.context().close();
  });
});

describe('keys in a step', () => {
  it('Enter splits, at once and without a placeholder’s words, and Backspace joins', async () => {
    const { titles, opened } = await plan([{ title: 'OneTwo' }]);
    const page = await opened();
    await step(page, '1 of 1').focus();
    await caretTo(page, 3);
    await page.keyboard.press('Enter');
    await page.keyboard.type('And ');
    await expect.poll(titles, PATIENTLY).toEqual(['One', 'And Two']);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await expect.poll(titles, PATIENTLY).toEqual(['One', 'And Two', '']);
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Home');
    await page.keyboard.press('Backspace');
    await page.keyboard.type(' ');
    await expect.poll(titles, PATIENTLY).toEqual(['One And Two']);
    await page.context().close();
  });

  it('a held Backspace stops at the beginning of its step', async () => {
    const { titles, opened } = await plan();
    const page = await opened();
    await step(page, '2 of 2').press('End');
    for (let n = 0; n < 12; n++) await page.keyboard.down('Backspace');
    await page.keyboard.up('Backspace');
    await expect.poll(titles, PATIENTLY).toEqual(['One', '']);
    await page.keyboard.press('Backspace');
    await page.keyboard.down('Backspace');
    await page.keyboard.up('Backspace');
    await expect.poll(titles, PATIENTLY).toEqual(['On']);
    await page.context().close();
  });

  it('a held Delete stops where the next step has come in', async () => {
    const { titles, opened } = await plan();
    const page = await opened();
    await step(page, '1 of 2').focus();
    await caretTo(page, 2);
    for (let n = 0; n < 6; n++) await page.keyboard.down('Delete');
    await page.keyboard.up('Delete');
    await expect.poll(titles, PATIENTLY).toEqual(['On', 'Two']);
    for (let n = 0; n < 6; n++) await page.keyboard.down('Delete');
    await page.keyboard.up('Delete');
    await expect.poll(titles, PATIENTLY).toEqual(['OnTwo']);
    await page.context().close();
  });

  it('arrows leave a row, and Escape takes back what was written in it', async () => {
    const { titles, opened } = await plan();
    const page = await opened();
    await step(page, '1 of 2').press('ArrowDown');
    await page.keyboard.type('x');
    await expect.poll(titles, PATIENTLY).toEqual(['One', 'xTwo']);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.type('y');
    await expect.poll(titles, PATIENTLY).toEqual(['Oney', 'xTwo']);
    await page.keyboard.press('Escape');
    await expect.poll(titles, PATIENTLY).toEqual(['One', 'xTwo']);
    expect(await step(page, '1 of 2').evaluate((field) => field === document.activeElement)).toBe(false);
    await page.context().close();
  });
});

describe('a step that is deleted while somebody writes in it', () => {
  it('stays under their hands with its words, also over a reload, until they decide', async () => {
    const { id, read, titles, opened } = await plan();
    const page = await opened();
    await step(page, '2 of 2').press('End');
    await page.keyboard.type(' and a half');
    await expect.poll(titles, PATIENTLY).toEqual(['One', 'Two and a half']);
    const [, two] = (await read()).steps;
    await system.agent('DELETE', `/plans/${id}/steps/${two!.id}`);
    await page.getByText('This step was deleted while you were writing in it').waitFor();
    await page.keyboard.type(', or three');
    expect(await titles()).toEqual(['One']);
    await page.reload();
    await page.getByText('This step was deleted while you were writing in it').waitFor();
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await expect.poll(titles, PATIENTLY).toEqual(['One', 'Two and a half, or three']);
    await expect.poll(() => page.getByText('This step was deleted').count()).toBe(0);
    await page.context().close();
  });

  it('leaves the note that they write open, and keeps it', async () => {
    const { id, read, opened } = await plan();
    const page = await opened();
    const dialog = await details(page, 'Two');
    await dialog.getByLabel('Note').pressSequentially('Ask ');
    const [, two] = (await read()).steps;
    await system.agent('DELETE', `/plans/${id}/steps/${two!.id}`);
    await dialog.getByText('This step was deleted meanwhile').waitFor();
    await page.keyboard.type('Ada');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await expect.poll(async () => (await read()).steps[1]?.note, PATIENTLY).toBe('Ask Ada');
    await page.context().close();
  });
});
