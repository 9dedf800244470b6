import { describe, expect, it } from 'vitest';
import { editor, openPlan, pill } from './browser.ts';
import { running } from './running.ts';
import { textOf } from './system.ts';

const { system, browser } = await running();

describe('with the server stopped', () => {
  it('the page opens, shows the plan, takes edits, and brings them back', async () => {
    const id = await system.createPlan({ title: 'Offline', steps: [{ title: 'Pack' }], markdown: 'Known text.' });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    await system.stop();
    await pill(page)
      .filter({ hasText: /Reconnecting… saved on this device|Offline, saved on this device/ })
      .waitFor();

    const reloadedAt = Date.now();
    await page.reload();
    await editor(page).getByText('Known text.').waitFor();
    const shownAfterMs = Date.now() - reloadedAt;
    await pill(page).filter({ hasText: 'Offline, saved on this device' }).waitFor();
    // Nothing waits for the server; how fast the machine is does not matter.
    expect(shownAfterMs).toBeLessThan(8000);

    await page.getByRole('checkbox', { name: 'Pack' }).check();
    await editor(page).getByText('Known text.').click();
    await page.keyboard.press('End');
    await page.keyboard.type(' Written away.');
    expect(await page.getByText('All changes saved').count()).toBe(0);

    await page.goto(system.url);
    await page.getByText('The server cannot be reached').waitFor();
    await page.getByRole('link', { name: 'Offline' }).click();

    await editor(page).getByText('Known text. Written away.').waitFor();

    await system.start();
    await pill(page).filter({ hasText: 'All changes saved' }).waitFor({ timeout: 20_000 });
    const plan = await system.readPlan(id);
    expect(plan.steps[0]!.done).toBe(true);
    expect(textOf(plan)).toContain('Known text. Written away.');
    await page.close();
  });

  it('nothing of the interface is cached', async () => {
    const page = await browser.newPage();
    await page.goto(system.url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const cached = await page.evaluate(async () => {
      const names = await caches.keys();
      const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(cached).toContain('/');
    expect(cached.filter((path) => /^\/(v1|mcp|sync)/.test(path))).toEqual([]);
    await page.close();
  });
});
