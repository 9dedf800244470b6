import { describe, expect, it } from 'vitest';
import { axeFindings, openPlan } from './browser.ts';
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
