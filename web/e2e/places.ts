import type { Locator, Page } from 'playwright-core';
import { editor, pill } from './browser.ts';
import type { System } from './system.ts';

export interface Visit {
  page: Page;
  system: System;
  /** The id of a plan with two steps. */
  plan: string;
}

/** Everywhere in the app where there is something to be written in, and how one gets there. */
export const PLACES = {
  'new plan': async ({ page, system }) => {
    await page.goto(system.url);
    await page.getByRole('button', { name: 'New plan' }).click();
    await dialog(page, 'New plan');
  },
  'your name': async ({ page, system }) => {
    await page.goto(system.url);
    // What is there while the page is loaded has such a button too, and goes with all that it opened.
    await page.getByRole('button', { name: 'New plan' }).waitFor();
    await page.getByRole('button', { name: /^You are/ }).click();
    await page.getByRole('textbox', { name: 'Your name' }).waitFor();
    await standStill(page.getByRole('dialog'));
  },
  plan: openPlan,
  'a link': async (visit) => {
    await openPlan(visit);
    const { page } = visit;
    // What comes from the server meanwhile closes it.
    await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
    await editor(page).getByText('Text.').dblclick();
    await page.getByRole('button', { name: /link/i }).click();
    await page.getByPlaceholder('Edit URL').waitFor();
  },
  'address of an image': async (visit) => {
    await openPlan(visit);
    const { page } = visit;
    await editor(page).getByText('Text.').click();
    await page.keyboard.type('/image');
    await page.getByRole('option', { name: /Image/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Embed' }).click();
    await page.getByPlaceholder('Enter URL').waitFor();
  },
  'details of a step': async (visit) => {
    await openPlan(visit);
    await visit.page
      .getByRole('button', { name: /^More for/ })
      .first()
      .click();
    await visit.page.getByRole('menuitem', { name: 'Assignee and note' }).click();
    await dialog(visit.page, 'Assignee and note');
  },
  keys: async ({ page, system }) => {
    await page.goto(`${system.url}/keys`);
    await page.getByLabel('Who will use it').waitFor();
  },
} satisfies Record<string, (visit: Visit) => Promise<void>>;

export type Place = keyof typeof PLACES;

async function openPlan({ page, system, plan }: Visit): Promise<void> {
  await page.goto(`${system.url}/plan/${plan}`);
  await editor(page).waitFor();
  await page.locator('[contenteditable=true]').waitFor();
}

async function dialog(page: Page, name: string): Promise<void> {
  const opened = page.getByRole('dialog', { name });
  await opened.waitFor();
  await standStill(opened);
}

/** While it still comes into sight it can be taken for hidden. */
async function standStill(opened: Locator): Promise<void> {
  await opened.evaluate((element) =>
    Promise.allSettled(element.getAnimations({ subtree: true }).map(({ finished }) => finished)),
  );
}
