import { addStep } from '@syncline/model';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeFindings, editor, pill } from './browser.ts';
import { RawClient } from './raw-client.ts';
import { running } from './running.ts';
import { textOf } from './system.ts';
import { cuttable } from './trouble.ts';

const { system, browser } = await running();

const none = (page: Page) => page.getByRole('heading', { name: 'There is no plan here' });
const notOnDevice = (page: Page) => page.getByRole('heading', { name: 'This plan is not on this device' });
const create = (page: Page) => page.getByRole('button', { name: 'Create a plan here' });
const title = (page: Page) => page.getByLabel('Plan title');

function statusOf(id: string): Promise<number> {
  return fetch(`${system.url}/v1/documents/plan:${id}?format=json`).then(({ status }) => status);
}

describe('an address at which nothing was begun', () => {
  it('is said to be that, and looking begins nothing', async () => {
    const page = await browser.newPage();
    await page.goto(`${system.url}/plan/mistyped`);
    await none(page).waitFor();
    expect(await editor(page).count()).toBe(0);
    expect(await page.getByRole('textbox').count()).toBe(0);
    expect(await page.getByText('saved').count()).toBe(0);
    await page.getByRole('main').getByRole('link', { name: 'All plans' }).click();
    await page.getByRole('heading', { name: 'Plans', exact: true }).waitFor();
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('mistyped');
    await page.goBack();
    await none(page).waitFor();
    expect(await statusOf('mistyped')).toBe(404);
    await page.close();
  });

  it('becomes a plan when one asks for it, and the title is to be typed', async () => {
    const page = await browser.newPage();
    await page.goto(`${system.url}/plan/begun-here`);
    await create(page).click();
    await expect.poll(() => statusOf('begun-here')).toBe(200);
    await expect.poll(() => title(page).evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type('Begun here');
    await expect.poll(async () => (await system.readPlan('begun-here')).title).toBe('Begun here');
    await page.reload();
    await editor(page).waitFor();
    expect(await title(page).inputValue()).toBe('Begun here');
    await page.close();
  });

  it('shows by itself the plan that somebody else begins', async () => {
    const [mine, other] = await Promise.all([browser.newPage(), (await browser.newContext()).newPage()]);
    await mine.goto(`${system.url}/plan/begun-elsewhere`);
    await none(mine).waitFor();
    await other.goto(`${system.url}/plan/begun-elsewhere`);
    await create(other).click();
    await editor(other).click();
    await other.keyboard.type('By another.');
    await editor(mine).getByText('By another.').waitFor();
    expect(await none(mine).count()).toBe(0);
    await mine.close();
    await other.context().close();
  });

  it('is a plan with no more than a step in it', async () => {
    const page = await browser.newPage();
    await page.goto(`${system.url}/plan/only-a-step`);
    await none(page).waitFor();
    const client = await RawClient.connect(system.url, 'plan:only-a-step', 'person:somebody12345678:Somebody');
    client.edit((doc) => addStep(doc, { title: 'Alone' }, { random: Math.random }));
    await page.getByRole('checkbox', { name: 'Alone' }).waitFor();
    client.close();
    await page.reload();
    await page.getByRole('checkbox', { name: 'Alone' }).waitFor();
    expect(await none(page).count()).toBe(0);
    await page.close();
  });
});

describe('with the server away, a plan that is not on this device', () => {
  it('is said to be that, and shown as soon as the server answers', async () => {
    const id = await system.createPlan({ title: 'Elsewhere', markdown: 'Known text.' });
    const page = await browser.newPage();
    const way = await cuttable(page);
    await way.cut();
    await page.goto(`${system.url}/plan/${id}`);
    await notOnDevice(page).waitFor();
    expect(await page.getByRole('textbox').count()).toBe(0);
    way.mend();
    await editor(page).getByText('Known text.').waitFor();
    expect(await title(page).inputValue()).toBe('Elsewhere');
    await page.close();
  });

  it('can be begun, and is one with what others have begun there', async () => {
    const page = await browser.newPage();
    const other = await (await browser.newContext()).newPage();
    const way = await cuttable(page);
    await way.cut();
    for (const each of [page, other]) await each.goto(`${system.url}/plan/begun-away`);
    await notOnDevice(page).waitFor();
    await create(page).click();
    await editor(page).click();
    await page.keyboard.type('Mine.');
    await pill(page).filter({ hasText: 'saved on this device' }).waitFor();
    await create(other).click();
    await other.getByLabel('Add a step').fill('Theirs');
    await other.keyboard.press('Enter');
    await pill(other).filter({ hasText: 'All changes saved' }).waitFor();
    way.mend();
    await expect.poll(async () => textOf(await system.readPlan('begun-away')), { timeout: 30_000 }).toBe('Mine.');
    await page.getByRole('checkbox', { name: 'Theirs' }).waitFor();
    await page.close();
    await other.context().close();
  });
});

describe.each(['light', 'dark'] as const)('in %s, at 320 px', (colorScheme) => {
  it('both are whole, and axe finds nothing wrong with them', async () => {
    const page = await browser.newPage({ colorScheme, viewport: { width: 320, height: 640 } });
    const way = await cuttable(page);
    await page.goto(`${system.url}/plan/narrow`);
    for (const heading of [none(page), notOnDevice(page)]) {
      await heading.waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
      expect(await axeFindings(page)).toEqual([]);
      await way.cut();
    }
    await page.close();
  });
});
