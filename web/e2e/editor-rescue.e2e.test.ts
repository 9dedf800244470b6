import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { editor, openPlan, pill } from './browser.ts';
import { writtenIn } from './drawn.ts';
import { RawClient } from './raw-client.ts';
import { running } from './running.ts';
import { textOf } from './system.ts';

const { system, browser } = await running();

const restarted = (page: Page) => page.getByText('The text editor was restarted');
const hopeless = (page: Page) => page.getByRole('alert').filter({ hasText: 'The text cannot be shown' });

/** Two people at the two ends of one line. */
async function atWork(title: string) {
  const id = await system.createPlan({ title, markdown: 'Middle.\n\nOther.' });
  const pages = [];
  for (const key of ['End', 'Home']) {
    const page = await (await browser.newContext()).newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    await editor(page).getByText('Middle.').click();
    await page.keyboard.press(key);
    pages.push(page);
  }
  const [ann, ben] = pages as [Page, Page];
  return { id, ann, ben, pages };
}

interface Part {
  editor: {
    state: { plugins: { constructor: new (spec: object) => object }[] };
    registerPlugin(plugin: object): void;
  };
}

/** Makes the page's editor one that throws in this place, once for each time it is told so. */
async function makeFragile(page: Page, place: 'apply' | 'update'): Promise<() => Promise<void>> {
  await page.evaluate((place) => {
    let isBroken = false;
    const fail = () => {
      if (!isBroken) return;
      isBroken = false;
      throw new Error(`broken in ${place}`);
    };
    const { editor } = document.querySelector('.bn-editor') as unknown as Part;
    const Plugin = editor.state.plugins[0]!.constructor;
    const state = { init: () => 0, apply: () => (place === 'apply' ? fail() : undefined) ?? 0 };
    editor.registerPlugin(new Plugin({ state, view: () => ({ update: () => place === 'update' && fail() }) }));
    Object.assign(globalThis, { breakNow: () => (isBroken = true) });
  }, place);
  return async () => {
    await page.evaluate(() => (globalThis as unknown as { breakNow(): void }).breakNow());
  };
}

describe('an editor that throws', () => {
  it.each(['apply', 'update'] as const)(
    'in %s, with another’s word, is made anew with that word, says so, and writes on where the caret was',
    async (place) => {
      const { id, ann, ben, pages } = await atWork(`Broken in ${place}`);
      const breakNow = await makeFragile(ann, place);
      await ann.keyboard.type('Ann1.');
      await editor(ben).filter({ hasText: 'Ann1.' }).waitFor();
      await breakNow();
      await ben.keyboard.type('Ben1.');
      await restarted(ann).waitFor();
      await expect.poll(() => writtenIn(ann)).toBe('Ben1.Middle.Ann1.');
      await ann.keyboard.type('Ann2.');
      await ben.keyboard.type('Ben2.');
      for (const page of pages) {
        await expect.poll(() => writtenIn(page)).toBe('Ben1.Ben2.Middle.Ann1.Ann2.');
        await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
      }
      expect(textOf(await system.readPlan(id))).toMatch(/^Ben1\.Ben2\.Middle\.Ann1\.Ann2\.\n/);
      expect(await restarted(ben).count()).toBe(0);
      await ann.getByRole('button', { name: 'All right' }).click();
      expect(await restarted(ann).count()).toBe(0);
      await Promise.all(pages.map((page) => page.context().close()));
    },
  );

  it('at its own person’s keystroke is made anew, and takes nothing of anybody’s away', async () => {
    const { id, ann, ben, pages } = await atWork('Broken keystroke');
    const breakNow = await makeFragile(ann, 'apply');
    await ben.keyboard.type('Ben1.');
    await editor(ann).filter({ hasText: 'Ben1.' }).waitFor();
    await breakNow();
    await ann.keyboard.type('x');
    await restarted(ann).waitFor();
    await expect.poll(() => writtenIn(ann)).toBe('Ben1.Middle.');
    await ann.keyboard.type('Ann1.');
    await editor(ben).filter({ hasText: 'Ann1.' }).waitFor();
    await pill(ann).filter({ hasText: 'All changes saved' }).waitFor();
    expect(textOf(await system.readPlan(id))).toMatch(/^Ben1\.Middle\.Ann1\.\n/);
    await Promise.all(pages.map((page) => page.context().close()));
  });

  it('on a text that it cannot show says so, writes nothing, and comes back when the text can be shown', async () => {
    const { id, ann, ben, pages } = await atWork('Cannot be shown');
    const raw = await RawClient.connect(system.url, `plan:${id}`, 'person:raw');
    const text = raw.doc.getXmlFragment('document');
    await expect.poll(() => text.length).toBe(1);
    // A document has one group of blocks.
    raw.edit(() => text.insert(1, [(text.get(0) as Y.XmlElement).clone()]));
    for (const page of pages) await hopeless(page).waitFor();
    const before = Y.encodeStateVector(raw.doc);
    for (const page of pages) expect(await editor(page).count()).toBe(0);
    await ann.keyboard.type('lost?');
    await ben.getByRole('button', { name: 'Try again' }).click();
    await hopeless(ben).waitFor();
    raw.edit(() => text.delete(1, 1));
    for (const page of pages) await expect.poll(() => writtenIn(page), { timeout: 20_000 }).toBe('Middle.');
    expect(Y.encodeStateVector(raw.doc)).toEqual(before);
    await editor(ann).getByText('Middle.').click();
    await ann.keyboard.press('End');
    await ann.keyboard.type('Ann1.');
    await expect.poll(() => writtenIn(ben)).toBe('Middle.Ann1.');
    expect(textOf(await system.readPlan(id))).toMatch(/^Middle\.Ann1\.\n/);
    raw.close();
    await Promise.all(pages.map((page) => page.context().close()));
  });
});
