import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { editor, openPlan, pill } from './browser.ts';
import { running } from './running.ts';

const { system, browser } = await running();

const notOnDevice = (page: Page) => page.getByRole('heading', { name: 'This plan is not on this device' });

/** A server that closes each socket at once, with this code. */
async function closeSockets(page: Page, code: number, reason: string): Promise<{ attempts: number }> {
  const seen = { attempts: 0 };
  await page.routeWebSocket(/\/sync\//, (socket) => {
    seen.attempts += 1;
    void socket.close({ code, reason });
  });
  return seen;
}

describe('a socket closed', () => {
  it('with 4413 again and again sets the copy aside once, then stops and says why', async () => {
    const id = await system.createPlan({ title: 'Large', markdown: 'Shared.' });
    const page = await browser.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    // A socket that is not open yet would meet the closing server too, and set the copy aside before the reload.
    await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
    const seen = await closeSockets(page, 4413, 'The change is larger than 4 MB');
    await page.reload();
    await page.getByRole('alert').filter({ hasText: 'Too large to save' }).waitFor();
    await page.getByRole('status').filter({ hasText: 'set aside on this device' }).waitFor();
    expect(await page.getByText('All changes saved').count()).toBe(0);
    await page.waitForTimeout(3000);
    expect(seen.attempts).toBe(2);
    await page.close();
  });

  it('with 4404 shows that nothing is there', async () => {
    const page = await browser.newPage();
    await closeSockets(page, 4404, '');
    await page.goto(`${system.url}/plan/gone`);
    await page.getByRole('heading', { name: 'Nothing is at this address' }).waitFor();
    expect(await editor(page).count()).toBe(0);
    await page.close();
  });

  it('with 4503 is opened again', async () => {
    const page = await browser.newPage();
    const seen = await closeSockets(page, 4503, 'Cannot be saved right now');
    await page.goto(`${system.url}/plan/later`);
    await notOnDevice(page).waitFor();
    await expect.poll(() => seen.attempts, { timeout: 10_000 }).toBeGreaterThan(1);
    await page.close();
  });

  it('with 4429 is opened again, but not at once', async () => {
    const page = await browser.newPage();
    const seen = await closeSockets(page, 4429, 'More than 1000 frames a second; go on more slowly.');
    await page.goto(`${system.url}/plan/too-much`);
    await notOnDevice(page).waitFor();
    await page.waitForTimeout(3000);
    expect(seen.attempts).toBe(1);
    await expect.poll(() => seen.attempts, { timeout: 30_000 }).toBeGreaterThan(1);
    await page.close();
  });
});
