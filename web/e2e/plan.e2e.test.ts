import { describe, expect, it } from 'vitest';
import { axeFindings, editor, openPlan, pill } from './browser.ts';
import { running } from './running.ts';
import { textOf } from './system.ts';

/** "At once": a fraction of it is the network, the rest is two browsers on a busy machine. */
const QUICKLY = { timeout: 1000, interval: 20 };

const { system, browser } = await running();

describe('a plan', () => {
  it('is created from the home page and listed there', async () => {
    const page = await browser.newPage();
    await page.goto(system.url);
    await page.getByRole('button', { name: 'New plan' }).click();
    await page.getByLabel('Title').fill('Ship the beta');
    await page.getByLabel('Steps').fill('- Freeze\n- Tag\n- Announce');
    await page.getByRole('button', { name: 'Create plan' }).click();
    await page.waitForURL(/\/plan\//);
    await page.getByRole('checkbox', { name: 'Announce' }).waitFor();
    await expect.poll(() => page.title()).toBe('Ship the beta · Syncline');
    await page.goBack();
    const link = page.getByRole('link', { name: 'Ship the beta' });
    await expect.poll(() => link.count()).toBe(1);
    await page.close();
  });

  it('shows a tick to another tab and to REST at once', async () => {
    const id = await system.createPlan({ title: 'Ticks', steps: [{ title: 'First' }, { title: 'Second' }] });
    const [mine, other] = await Promise.all([browser.newPage(), browser.newPage()]);
    await Promise.all([mine, other].map((page) => openPlan(page, `${system.url}/plan/${id}`)));
    await mine.getByRole('checkbox', { name: 'Second' }).check();
    await expect.poll(() => other.getByRole('checkbox', { name: 'Second' }).isChecked(), QUICKLY).toBe(true);
    const ticks = async () => (await system.readPlan(id)).steps.map(({ done }) => done);
    await expect.poll(ticks, QUICKLY).toEqual([false, true]);
    await Promise.all([mine.close(), other.close()]);
  });

  it('adds, renames, moves and deletes steps by keyboard, and takes each back', async () => {
    const id = await system.createPlan({ title: 'Keys', steps: [{ title: 'One' }] });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    const titles = async () => (await system.readPlan(id)).steps.map(({ title }) => title).join();
    await page.getByLabel('Add a step').fill('Two');
    await page.keyboard.press('Enter');
    await page.getByLabel('Step 2 of 2').press('Alt+ArrowUp');
    await expect.poll(titles).toBe('Two,One');
    await page.getByLabel('Step 1 of 2').fill('Zero');
    await page.getByLabel('Step 1 of 2').blur();
    await expect.poll(titles).toBe('Zero,One');
    await page.getByLabel('Step 2 of 2').fill('');
    await page.getByLabel('Step 2 of 2').press('Backspace');
    await expect.poll(titles).toBe('Zero');
    for (const before of ['Zero,', 'Zero,One', 'Two,One', 'One,Two', 'One']) {
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(titles).toBe(before);
    }
    await page.close();
  });

  it('says Saving, then saved', async () => {
    const id = await system.createPlan({ title: 'Status', markdown: 'Text.' });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    await editor(page).click();
    await page.keyboard.type('More. ');
    await pill(page).filter({ hasText: 'Saving…' }).waitFor({ timeout: 1000 });
    await pill(page).filter({ hasText: 'All changes saved' }).waitFor({ timeout: 5000 });
    expect(textOf(await system.readPlan(id))).toContain('More.');
    await page.close();
  });

  it('is shared by its address in open mode, which the dialog says', async () => {
    const id = await system.createPlan({ title: 'Open to all' });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    await page.getByRole('button', { name: 'Share' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share this plan' });
    await dialog.getByText('whoever reaches it can open and edit every plan').waitFor();
    expect(await dialog.locator('code').innerText()).toBe(`${system.url}/plan/${id}`);
    await page.waitForTimeout(400);
    expect(await axeFindings(page)).toEqual([]);
    await page.goto(`${system.url}/keys`);
    await page.getByText('This server has no keys').waitFor();
    await page.close();
  });

  it('shows who else is here', async () => {
    const id = await system.createPlan({ title: 'Presence' });
    const [mine, others] = [await browser.newContext(), await browser.newContext()];
    const [page, other] = [await mine.newPage(), await others.newPage()];
    await Promise.all([page, other].map((each) => openPlan(each, `${system.url}/plan/${id}`)));
    await page.getByRole('button', { name: /^You are/ }).click();
    await page.getByRole('textbox', { name: 'Your name' }).fill('Ada Lovelace');
    await page.getByRole('button', { name: 'Save name' }).click();
    await other.getByRole('list', { name: 'Also here' }).getByText('Ada Lovelace').waitFor({ timeout: 2000 });
    await mine.close();
    await expect.poll(() => other.getByText('Ada Lovelace').count()).toBe(0);
    await others.close();
  });
});
