import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export function pill(page: Page): Locator {
  return page.getByRole('status').filter({ hasText: /saved|Saving|Reconnecting|Offline|Opening/ });
}

export function editor(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Plan text' });
}

/** Opens a plan and waits until it is live. */
export async function openPlan(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await editor(page).waitFor();
  await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
}

/** What axe finds that is serious or critical, in a line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Injected through the protocol, which the page's Content-Security-Policy does not bind.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
}

/** Pastes an API key where the page asks for one. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
