import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeFindings, editor, openPlan, pill } from './browser.ts';
import { running } from './running.ts';
import { textOf } from './system.ts';
import { asksBeforeClosing, cuttable, denyDatabases, fillUp } from './trouble.ts';

const { system, browser } = await running();

const QUOTA_BYTES = 3_000_000;
const danger = (page: Page) => page.getByRole('alert').filter({ hasText: 'Not saved: keep this tab open' });
const away = (page: Page) => pill(page).filter({ hasText: /Offline|Reconnecting/ });

interface Options extends NonNullable<Parameters<Browser['newContext']>[0]> {
  title?: string;
  /** The browser keeps nothing. */
  denied?: boolean;
  /** The browser has no room left. */
  full?: boolean;
}

/** A plan in a page of its own whose way to the server can be cut. */
async function open(options: Options = {}) {
  const { title = 'Leaving', denied = false, full = false, ...rest } = options;
  const id = await system.createPlan({ title, markdown: 'Text.' });
  const context = await browser.newContext({ serviceWorkers: 'block', ...rest });
  const page = await context.newPage();
  const way = await cuttable(page);
  if (denied) await denyDatabases(page);
  if (full) {
    const quota = { origin: system.url, quotaSize: QUOTA_BYTES };
    await (await context.newCDPSession(page)).send('Storage.overrideQuotaForOrigin', quota);
  }
  await openPlan(page, `${system.url}/plan/${id}`);
  if (full) await fillUp(page);
  return { id, context, page, way };
}

async function write(page: Page, text: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type(text);
}

describe('a page with the only copy of what was written', () => {
  it.each(['denied', 'full'])('asks before it closes: the device’s database is %s and the server away', async (why) => {
    const { id, context, page, way } = await open({ [why]: true });
    await way.cut();
    await write(page, 'Only here. ');
    await danger(page).waitFor();
    expect(await asksBeforeClosing(page)).toBe(true);
    way.mend();
    await expect.poll(async () => textOf(await system.readPlan(id)), { timeout: 30_000 }).toBe('Only here. Text.');
    await expect.poll(() => danger(page).count()).toBe(0);
    // On a full device nothing in sight says when the server has confirmed it.
    await expect.poll(() => asksBeforeClosing(page)).toBe(false);
    await context.close();
  });

  it('says so also when the server is there and confirms nothing', async () => {
    const { context, page, way } = await open({ denied: true });
    way.hush();
    await write(page, 'Only here. ');
    await pill(page).filter({ hasText: 'Saving…' }).waitFor();
    await danger(page).waitFor();
    expect(await asksBeforeClosing(page)).toBe(true);
    await way.cut();
    way.mend();
    await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
    expect(await asksBeforeClosing(page)).toBe(false);
    await context.close();
  });

  it('says so in words that are whole at 320 px, and that axe finds nothing wrong with', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { context, page, way } = await open({ denied: true, colorScheme, viewport: { width: 320, height: 640 } });
      await way.cut();
      await write(page, 'Only here. ');
      await danger(page).waitFor();
      const label = danger(page).getByText('Not saved: keep this tab open');
      const { left, right, cut } = await label.evaluate((element) => {
        const { left: from, right: to } = element.getBoundingClientRect();
        return { left: from, right: to, cut: element.scrollWidth - element.clientWidth };
      });
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(320);
      expect(right - left).toBeGreaterThan(100);
      expect(cut).toBeLessThanOrEqual(0);
      expect(await axeFindings(page)).toEqual([]);
      await context.close();
    }
  });

  it.each(['the link to all plans', 'Back'])(
    'keeps it when %s leads elsewhere, until the server has it',
    async (by) => {
      const { id, context, page, way } = await open({ title: `Left by ${by}`, denied: true });
      const home = page.getByRole('link', { name: 'Syncline, all plans' });
      if (by === 'Back') {
        await home.click();
        await page.getByRole('link', { name: `Left by ${by}` }).click();
        await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
      }
      await way.cut();
      await write(page, 'Only here. ');
      await danger(page).waitFor();
      await (by === 'Back' ? page.goBack() : home.click());
      const notice = page.getByRole('alert').filter({ hasText: 'is saved nowhere but in this tab' });
      await notice.waitFor();
      expect(await asksBeforeClosing(page)).toBe(true);
      await notice.getByRole('link', { name: 'Open it' }).click();
      await editor(page).getByText('Only here. Text.').waitFor();
      expect(await notice.count()).toBe(0);
      await page.goBack();
      await notice.waitFor();
      way.mend();
      await expect.poll(async () => textOf(await system.readPlan(id)), { timeout: 30_000 }).toBe('Only here. Text.');
      await expect.poll(() => notice.count()).toBe(0);
      expect(await asksBeforeClosing(page)).toBe(false);
      await context.close();
    },
  );
});

it('what was left behind all the same comes back where the browser keeps short texts', async () => {
  const { id, context, page, way } = await open({ denied: true });
  await way.cut();
  await write(page, 'Left behind. ');
  await danger(page).waitFor();
  page.on('dialog', (dialog) => void dialog.accept());
  for (const _ of ['once', 'and again']) {
    await page.reload();
    await page.getByRole('heading', { name: 'This plan is not on this device' }).waitFor();
  }
  way.mend();
  await editor(page).getByText('Left behind. Text.').waitFor();
  await expect.poll(async () => textOf(await system.readPlan(id))).toBe('Left behind. Text.');
  await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
  expect(await page.evaluate(() => Object.keys(localStorage).join())).not.toContain('last-words');
  await context.close();
});

describe('a page closes without a question', () => {
  it('when the server has everything, though the device keeps nothing', async () => {
    const { context, page } = await open({ denied: true });
    await write(page, 'Saved. ');
    await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await asksBeforeClosing(page)).toBe(false);
    await context.close();
  });

  it('when nothing was written since the server went away, though the device keeps nothing', async () => {
    const { context, page, way } = await open({ denied: true });
    await write(page, 'Saved. ');
    await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
    await way.cut();
    await away(page).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await asksBeforeClosing(page)).toBe(false);
    await context.close();
  });

  it('when the server is away and the device keeps what is written', async () => {
    const { context, page, way } = await open();
    await way.cut();
    await write(page, 'Kept. ');
    await away(page).filter({ hasText: 'saved on this device' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await asksBeforeClosing(page)).toBe(false);
    await context.close();
  });
});
