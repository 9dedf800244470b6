import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeFindings, editor, openPlan } from './browser.ts';
import { running } from './running.ts';

const { system, browser } = await running();

describe.each(['light', 'dark'] as const)('axe in %s', (colorScheme) => {
  it('finds nothing serious on the home page and in its dialog', async () => {
    await system.createPlan({ title: 'Listed', steps: [{ title: 'A step' }] });
    const page = await browser.newPage({ colorScheme });
    await page.goto(system.url);
    await page.getByRole('link', { name: 'Listed' }).first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'New plan' }).click();
    await page.getByLabel('Title').waitFor();
    await page.waitForTimeout(400);
    expect(await axeFindings(page)).toEqual([]);
    await page.close();
  });

  it('finds nothing serious on a plan with a check list', async () => {
    const markdown =
      '## Why\n\nText with `code` and a [link](https://example.com).\n\n- [ ] open\n- [x] closed\n\n> Quote';
    const id = await system.createPlan({ title: 'Accessible', steps: [{ title: 'A step' }], markdown });
    const page = await browser.newPage({ colorScheme });
    await openPlan(page, `${system.url}/plan/${id}`);
    expect(await page.getByRole('checkbox', { name: 'closed' }).count()).toBe(1);
    expect(await axeFindings(page)).toEqual([]);
    await page.close();
  });
});

it('asks no other origin for anything', async () => {
  const id = await system.createPlan({ title: 'Private', markdown: 'Text.' });
  const page = await browser.newPage();
  const origins = new Set<string>();
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await page.goto(system.url);
  await openPlan(page, `${system.url}/plan/${id}`);
  origins.delete('null');
  expect([...origins]).toEqual([system.url]);
  await page.close();
});

it('runs each text in its own direction', async () => {
  const markdown = 'كلمة المرور تُنسى.\n\nA passkey is not.';
  const id = await system.createPlan({
    title: 'Directions',
    steps: [{ title: 'הוסף טבלה' }, { title: 'Add' }],
    markdown,
  });
  const page = await browser.newPage();
  await openPlan(page, `${system.url}/plan/${id}`);
  const directionOf = (locator: Locator) => locator.evaluate((element) => getComputedStyle(element).direction);
  expect(await directionOf(page.getByLabel('Step 1 of 2'))).toBe('rtl');
  expect(await directionOf(page.getByLabel('Step 2 of 2'))).toBe('ltr');
  expect(await directionOf(editor(page).getByText('كلمة المرور'))).toBe('rtl');
  expect(await directionOf(editor(page).getByText('A passkey'))).toBe('ltr');
  await page.close();
});
