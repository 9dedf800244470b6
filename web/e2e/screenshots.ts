/** Takes the pictures in docs/screenshots: `node web/e2e/screenshots.ts`, with the web app built. Look at them before committing. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, BrowserContextOptions } from 'playwright-core';
import { findChromium } from '../../.ci/chromium.ts';
import { SAMPLE_PLAN } from '../src/plans/sample-plan.ts';
import { editor, launch, openPlan, pill, signIn } from './browser.ts';
import { KEYS_MODE, System } from './system.ts';

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const OTHERS = [
  { title: 'Cut cold starts below 200 ms', status: 'in_progress', steps: 7, done: 4 },
  { title: 'Rename workspaces to spaces in the API', status: 'in_review', steps: 5, done: 0 },
  { title: 'Back up the journal every hour', status: 'done', steps: 3, done: 3 },
];

const OWN = { id: 'a1a1a1a1a1a1a1a1', name: 'Ada Lovelace' };
const GUEST = { id: 'b2b2b2b2b2b2b2b5', name: 'Maya Lind' };

await mkdir(FOLDER, { recursive: true });
const browser = await launch(findChromium());
let system = await System.start();
try {
  for (const { title, status, steps, done } of OTHERS) {
    const named = Array.from({ length: steps }, (_, index) => ({ title: `Step ${index + 1}`, done: index < done }));
    const id = await system.createPlan({ title, steps: named });
    await system.agent('PATCH', `/plans/${id}`, { status });
  }
  const { title, steps, markdown } = SAMPLE_PLAN;
  const id = await system.createPlan({ title, steps, markdown });
  await system.agent('PATCH', `/plans/${id}`, { status: 'in_review' });
  const guest = await (await as(GUEST)).newPage();
  await openPlan(guest, `${system.url}/plan/${id}`);
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await as(OWN, { colorScheme, viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.goto(system.url);
    await page.getByRole('link', { name: title }).waitFor();
    await page.screenshot({ path: `${FOLDER}home-${colorScheme}.png` });
    await openPlan(page, `${system.url}/plan/${id}`);
    await editor(guest).getByText('Passwords stay').click();
    await guest.keyboard.press('End');
    await page.waitForTimeout(600);
    await page.screenshot({ path: `${FOLDER}plan-${colorScheme}.png` });
    await context.close();
  }
  await system.end();
  system = await System.start(KEYS_MODE);
  await pictureKeys(await system.createPlan({ title, steps, markdown }));
} finally {
  await browser.close();
  await system.end();
}

/** The share dialog in light and the keys in dark, of an admin. */
async function pictureKeys(id: string): Promise<void> {
  const lasting = (days: number) => ({ expires_at: new Date(Date.now() + days * 86_400_000).toISOString() });
  await system.agent('POST', `/documents/plan:${id}/links`, { role: 'editor', ...lasting(7) });
  await system.agent('POST', `/documents/plan:${id}/links`, { role: 'viewer' });
  await system.agent('POST', '/keys', { name: 'Maya’s reports', role: 'viewer', ...lasting(90) });
  await system.agent('POST', '/keys', { name: 'סוכן התכנון', role: 'editor', documents: [`plan:${id}`] });
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await (await as(OWN, { colorScheme, viewport: { width: 1280, height: 720 } })).newPage();
    await page.goto(colorScheme === 'light' ? `${system.url}/plan/${id}` : `${system.url}/keys`);
    await signIn(page, system.key!);
    if (colorScheme === 'light') {
      await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
      await page.getByRole('button', { name: 'Share' }).click();
      await page.getByText('Can edit').last().waitFor();
      await page.waitForTimeout(600);
      await page.screenshot({ path: `${FOLDER}share-light.png` });
    } else {
      await page.getByText('You signed in with it').waitFor();
      await page.getByLabel('Who will use it').fill('Claude, planning');
      await page.getByRole('button', { name: 'Create key' }).click();
      await page.getByRole('status', { name: 'New key created' }).waitFor();
      await page.mouse.click(1, 400);
      await page.screenshot({ path: `${FOLDER}keys-dark.png` });
    }
    await page.context().close();
  }
}

/** A browser of its own, used by this person. */
async function as(person: { id: string; name: string }, options?: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  await context.addInitScript((text) => localStorage.setItem('syncline:person', text), JSON.stringify(person));
  return context;
}
