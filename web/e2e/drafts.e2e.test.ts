import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openPlan } from './browser.ts';
import { running } from './running.ts';

const { system, browser } = await running();

const addStep = (page: Page): Locator => page.getByLabel('Add a step');
const title = (page: Page): Locator => page.getByRole('textbox', { name: 'Title' });

async function newPlanDialog(page: Page): Promise<void> {
  await page.goto(system.url);
  await page.getByRole('button', { name: 'New plan' }).click();
  await title(page).waitFor();
}

async function draftsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('syncline:draft:')));
}

/** Until a field holds this text. */
async function until(field: Locator, text: string): Promise<void> {
  await expect.poll(() => field.inputValue(), { timeout: 15_000 }).toBe(text);
}

describe('a step that was not yet added', () => {
  it('is there again after a reload and in a new tab, and gone once it is added', async () => {
    const url = `${system.url}/plan/${await system.createPlan({ title: 'Drafts' })}`;
    const context = await browser.newContext();
    const page = await context.newPage();
    await openPlan(page, url);
    await addStep(page).pressSequentially('Half a step');
    await page.reload();
    await until(addStep(page), 'Half a step');
    await page.close();

    const next = await context.newPage();
    await openPlan(next, url);
    await until(addStep(next), 'Half a step');
    await addStep(next).press('Enter');
    await next.getByLabel('Step 1 of 1').waitFor();
    expect(await draftsOf(next)).toEqual([]);
    await next.reload();
    await next.getByLabel('Step 1 of 1').waitFor();
    await until(addStep(next), '');
    await context.close();
  });

  it('is one for each tab, and none takes what is in sight in another', async () => {
    const url = `${system.url}/plan/${await system.createPlan({ title: 'Two tabs' })}`;
    const context = await browser.newContext();
    const [first, second] = [await context.newPage(), await context.newPage()];
    await openPlan(first, url);
    await addStep(first).pressSequentially('In the first');
    await openPlan(second, url);
    await addStep(second).pressSequentially('In the second');
    await first.reload();
    await until(addStep(first), 'In the first');
    await second.reload();
    await until(addStep(second), 'In the second');

    await Promise.all([first.close(), second.close()]);
    const third = await context.newPage();
    await openPlan(third, url);
    for (const steps of [1, 2]) {
      await expect.poll(() => addStep(third).inputValue(), { timeout: 15_000 }).toMatch(/^In the (first|second)$/);
      await addStep(third).press('Enter');
      await third.getByLabel(`Step ${steps} of ${steps}`).waitFor();
      await third.reload();
    }
    await expect.poll(() => draftsOf(third)).toEqual([]);
    await context.close();
  });

  it('stays where it is when a list is pasted', async () => {
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${await system.createPlan({ title: 'Pasted' })}`);
    await addStep(page).pressSequentially('Written before');
    await addStep(page).evaluate((field) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', '- One\n- Two');
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    await page.getByLabel('Step 2 of 2').waitFor();
    await until(addStep(page), 'Written before');
    await page.close();
  });
});

describe('the dialog of a new plan', () => {
  it('keeps what is in it until the plan is created, also where that fails', async () => {
    const page = await browser.newPage();
    await newPlanDialog(page);
    await title(page).pressSequentially('Not sent yet');
    await page.getByLabel('Steps').pressSequentially('One\nTwo');
    await page.keyboard.press('Escape');
    await title(page).waitFor({ state: 'detached' });
    await newPlanDialog(page);
    await until(title(page), 'Not sent yet');
    await page.route('**/v1/documents', (route) => route.abort());
    await page.getByRole('button', { name: 'Create plan' }).click();
    await page.getByRole('alert').filter({ hasText: 'Nothing was created' }).waitFor();
    await page.unroute('**/v1/documents');
    await newPlanDialog(page);
    await until(title(page), 'Not sent yet');
    await until(page.getByLabel('Steps'), 'One\nTwo');
    await page.getByRole('button', { name: 'Create plan' }).click();
    await page.getByLabel('Step 2 of 2').waitFor();
    expect(await draftsOf(page)).toEqual([]);
    await page.close();
  });

  it('keeps nothing after Cancel', async () => {
    const page = await browser.newPage();
    await newPlanDialog(page);
    await title(page).pressSequentially('Not wanted');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await title(page).waitFor({ state: 'detached' });
    expect(await draftsOf(page)).toEqual([]);
    await newPlanDialog(page);
    expect(await title(page).inputValue()).toBe('');
    await page.close();
  });
});

it('a browser that keeps nothing takes what is written, and asks before it closes', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('', 'QuotaExceededError');
    };
  });
  await newPlanDialog(page);
  await title(page).pressSequentially('Nowhere else');
  await page.keyboard.press('Escape');
  await title(page).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'New plan' }).click();
  await until(title(page), 'Nowhere else');
  const asked = page.waitForEvent('dialog');
  void page.close({ runBeforeUnload: true });
  const question = await asked;
  expect(question.type()).toBe('beforeunload');
  await question.dismiss();

  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => page.isClosed()).toBe(true);
  await context.close();
});
