import { expect, it } from 'vitest';
import { editor, openPlan, pill } from './browser.ts';
import { running } from './running.ts';
import { fillUp } from './trouble.ts';

const { system, browser } = await running();

const QUOTA_BYTES = 3_000_000;

it('a full device is told at once, and kept on again when it has room', async () => {
  const id = await system.createPlan({ title: 'Full', markdown: 'Text.' });
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const quota = { origin: system.url, quotaSize: QUOTA_BYTES };
  await (await context.newCDPSession(page)).send('Storage.overrideQuotaForOrigin', quota);
  await openPlan(page, `${system.url}/plan/${id}`);
  await fillUp(page);
  await editor(page).click();
  await page.keyboard.press('Home');
  await page.keyboard.type('Written on a full device. ');
  await pill(page).filter({ hasText: 'Storage full, not saved on this device' }).waitFor();
  expect(await page.getByText('All changes saved').count()).toBe(0);

  await page.evaluate(() => void indexedDB.deleteDatabase('filler'));
  await pill(page).filter({ hasText: 'All changes saved' }).waitFor({ timeout: 25_000 });
  await page.routeWebSocket(/\/sync\//, (socket) => void socket.close());
  await page.reload();
  await editor(page).getByText('Written on a full device. Text.').waitFor();
  await pill(page).filter({ hasText: 'saved on this device' }).waitFor();
  await context.close();
});

it('the browser is asked to keep storage once, after the first edit', async () => {
  const id = await system.createPlan({ title: 'Persist', markdown: 'Text.' });
  const page = await browser.newPage();
  await page.addInitScript(() => {
    const asked = { times: 0 };
    Object.assign(window, { asked });
    navigator.storage.persist = () => Promise.resolve((asked.times += 1) > 0);
  });
  await openPlan(page, `${system.url}/plan/${id}`);
  const asked = () => page.evaluate(() => (window as unknown as { asked: { times: number } }).asked.times);
  expect(await asked()).toBe(0);
  await editor(page).click();
  await page.keyboard.type('One, two.');
  expect(await asked()).toBe(1);
  await page.close();
});
