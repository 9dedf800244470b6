import { readFile } from 'node:fs/promises';
import { KIND_MODELS, KIND_READERS, planRoots } from '@syncline/model';
import { DEFAULT_WORKSPACE } from '@syncline/protocol';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { axeFindings, editor, openPlan, pill } from './browser.ts';
import { running } from './running.ts';
import { textOf } from './system.ts';

const MAX_UPDATE_BYTES = 20_000;
const { system, browser } = await running({ MAX_UPDATE_BYTES: String(MAX_UPDATE_BYTES) });

/** A text that the server does not take; beyond twice its limit the socket is closed with 1009 in place of 4413. */
const TOO_LARGE = `Too large: ${'long '.repeat(6_000)}end`;
const FAR_TOO_LARGE = `Too large: ${'long '.repeat(12_000)}end`;

const notice = (page: Page) => page.getByRole('status').filter({ hasText: 'set aside on this device' });

/** Writes somewhere in the text; where the caret is after a click depends on how busy the browser is. */
async function paste(page: Page, text: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.insertText(text);
}

/** Waits until the page shows what everybody has, and all of this: no less, and nothing that was refused. */
async function showsShared(page: Page, ...texts: string[]): Promise<void> {
  for (const text of texts) await editor(page).getByText(text).waitFor();
  await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
  expect(await editor(page).innerText()).not.toContain('Too large');
}

/** From now on new sockets of this page, or of all, reach the server only while it is not `away`. */
async function takeAway(pages: Page | BrowserContext): Promise<{ away: boolean }> {
  const server = { away: true };
  await pages.routeWebSocket(/\/sync\//, (socket) => {
    if (server.away) void socket.close();
    else socket.connectToServer();
  });
  return server;
}

function setAsideCopies(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { id } = JSON.parse(localStorage.getItem('syncline:person')!) as { id: string };
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open(`u:${id}:set-aside`);
      opening.addEventListener('success', () => resolve(opening.result));
    });
    const counting = database.transaction('copies').objectStore('copies').count();
    const count = await new Promise<number>((resolve) => {
      counting.addEventListener('success', () => resolve(counting.result));
    });
    database.close();
    return count;
  });
}

describe('a change that the server does not take', () => {
  it.each([
    ['too large for it', TOO_LARGE],
    ['too large for its socket', FAR_TOO_LARGE],
  ])('(%s) is set aside, and the person goes on with the shared version', async (_case, text) => {
    const id = await system.createPlan({ title: 'Long', markdown: 'Shared' });
    const context = await browser.newContext();
    const page = await context.newPage();
    const errors: Error[] = [];
    page.on('pageerror', (error) => errors.push(error));
    await openPlan(page, `${system.url}/plan/${id}`);
    await paste(page, text);
    await notice(page).getByText('A change of yours was too large').waitFor();
    await showsShared(page, 'Shared');
    await paste(page, 'Next');
    await showsShared(page, 'Shared', 'Next');
    expect(textOf(await system.readPlan(id))).toContain('Next');
    await page.reload();
    await showsShared(page, 'Shared', 'Next');

    await notice(page).getByRole('button', { name: 'See my version' }).click();
    await page.getByRole('region', { name: 'My version' }).getByText('Too large: long').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    const markdown = await downloaded(page, 'Download Markdown');
    expect(markdown.name).toMatch(/^Long \d{4}-\d\d-\d\d \d\d\.\d\d\.md$/);
    expect(markdown.bytes.toString()).toContain(text);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, (await downloaded(page, 'Download Yjs update')).bytes);
    expect(textOf(KIND_READERS.plan.read(doc))).toContain(text);
    await page.keyboard.press('Escape');

    await notice(page).getByRole('button', { name: 'Dismiss' }).click();
    await notice(page).waitFor({ state: 'detached' });
    await page.goto(system.url);
    const kept = page.getByRole('region', { name: 'Set aside on this device' });
    await kept.getByText('Long').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await kept.getByRole('button', { name: 'See my version' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await kept.waitFor({ state: 'detached' });
    expect(errors).toEqual([]);
    await context.close();
  });

  it.each(['before this one was opened', 'since'])(
    'is set aside with what another page said last, %s',
    async (when) => {
      const id = await system.createPlan({ title: 'Last words', markdown: 'Shared' });
      const context = await browser.newContext();
      const page = await context.newPage();
      await openPlan(page, `${system.url}/plan/${id}`);
      const doc = new Y.Doc();
      Y.applyUpdate(doc, KIND_MODELS.plan.seed);
      planRoots(doc).metadata.set('owner', TOO_LARGE);
      const said = Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64');
      const key = `d:${DEFAULT_WORKSPACE}/plan:${id}:1`;
      const wordsLeft = () => page.evaluate((end) => Object.keys(localStorage).filter((one) => one.endsWith(end)), key);
      await page.evaluate(
        ([end, text]) => {
          const person = JSON.parse(localStorage.getItem('syncline:person')!) as { id: string };
          localStorage.setItem(`syncline:last-words:u:${person.id}:${end}`, text!);
        },
        [key, said],
      );
      expect(await wordsLeft()).toHaveLength(1);
      await (when === 'since' ? paste(page, TOO_LARGE) : page.reload());
      await notice(page).waitFor();
      await showsShared(page, 'Shared');
      expect(await wordsLeft()).toEqual([]);
      await notice(page).getByRole('button', { name: 'See my version' }).click();
      await page.getByRole('region', { name: 'My version' }).getByText('Owner: Too large: long').waitFor();
      await page.reload();
      await showsShared(page, 'Shared');
      expect(await setAsideCopies(page)).toBe(1);
      await context.close();
    },
  );

  it('leaves another tab of the same plan alone, and on the device what that has', async () => {
    const id = await system.createPlan({ title: 'Two tabs', markdown: 'Shared' });
    const context = await browser.newContext();
    const [page, other] = [await context.newPage(), await context.newPage()];
    await openPlan(page, `${system.url}/plan/${id}`);
    const server = await takeAway(other);
    await other.goto(`${system.url}/plan/${id}`);
    await editor(other).getByText('Shared').waitFor();
    await paste(other, 'Other');
    await page.bringToFront();
    await paste(page, TOO_LARGE);
    await notice(page).waitFor();
    await showsShared(page, 'Shared');
    await page.close();
    await other.bringToFront();
    expect(await notice(other).count()).toBe(0);
    server.away = false;
    await other.evaluate(() => window.dispatchEvent(new Event('online')));
    await showsShared(other, 'Shared', 'Other');
    await other.close();

    await takeAway(context);
    const later = await context.newPage();
    await later.goto(`${system.url}/plan/${id}`);
    for (const text of ['Shared', 'Other']) await editor(later).getByText(text).waitFor();
    await context.close();
  });

  it('that two tabs have is set aside once, and both go on', async () => {
    const id = await system.createPlan({ title: 'Both', markdown: 'Shared' });
    const context = await browser.newContext();
    const page = await context.newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    const server = await takeAway(context);
    await page.reload();
    await editor(page).getByText('Shared').waitFor();
    await paste(page, TOO_LARGE);
    const other = await context.newPage();
    await other.goto(`${system.url}/plan/${id}`);
    await editor(other).getByText('Too large').waitFor();
    server.away = false;
    for (const tab of [page, other]) {
      await tab.bringToFront();
      await tab.evaluate(() => window.dispatchEvent(new Event('online')));
      await showsShared(tab, 'Shared');
    }
    await paste(other, 'Next');
    await showsShared(page, 'Shared', 'Next');
    expect(await setAsideCopies(page)).toBe(1);
    await context.close();
  });

  it('stays where it is when the device has no room, until the person decides', async () => {
    const id = await system.createPlan({ title: 'No room', markdown: 'Shared' });
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => {
      const { put, add } = IDBObjectStore.prototype;
      const full = (write: typeof put) =>
        function (this: IDBObjectStore, ...args: Parameters<typeof put>) {
          if (this.name === 'copies') throw new DOMException('no room', 'QuotaExceededError');
          return write.apply(this, args);
        };
      Object.assign(IDBObjectStore.prototype, { put: full(put), add: full(add) });
    });
    await openPlan(page, `${system.url}/plan/${id}`);
    await paste(page, TOO_LARGE);
    const refused = page.getByRole('alert').filter({ hasText: 'Too large to save' });
    await refused.getByRole('button', { name: 'See my version' }).click();
    expect((await downloaded(page, 'Download Markdown')).bytes.toString()).toContain(TOO_LARGE);
    await page.keyboard.press('Escape');
    await editor(page).getByText('Too large').waitFor();
    await refused.getByRole('button', { name: 'Discard my version' }).click();
    await showsShared(page, 'Shared');
    await paste(page, 'Next');
    await showsShared(page, 'Shared', 'Next');
    await context.close();
  });
});

async function downloaded(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}
