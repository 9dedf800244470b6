import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { editor, openPlan } from './browser.ts';
import { RawClient } from './raw-client.ts';
import { running } from './running.ts';
import { UpgradedServer } from './upgraded-server.ts';

const { system, browser } = await running();

/** How long a busy machine may take, and the newer version to be looked for. */
const PATIENTLY = { timeout: 30_000 };

const notice = (page: Page) =>
  page.getByRole('alert').filter({ hasText: 'This plan needs a newer version of Syncline' });

/** A newer version's client, which writes a block that today's editor does not know. */
async function newerClient(id: string) {
  const raw = await RawClient.connect(system.url, `plan:${id}`, 'person:newer');
  const text = raw.doc.getXmlFragment('document');
  await expect.poll(() => text.length, PATIENTLY).toBe(1);
  const need = () => raw.doc.getMap('metadata').set('editor', 2);
  const draw = () => {
    const [container, diagram] = [new Y.XmlElement('blockContainer'), new Y.XmlElement('diagram')];
    container.setAttribute('id', 'drawn');
    container.insert(0, [diagram]);
    diagram.insert(0, [new Y.XmlText('a diagram')]);
    (text.get(0) as Y.XmlElement).insert(0, [container]);
  };
  return { raw, need, draw };
}

type Newer = Awaited<ReturnType<typeof newerClient>>;

/** A page that counts how often it is loaded. */
async function newPage() {
  const page = await (await browser.newContext()).newPage();
  let loads = 0;
  page.on('load', () => (loads += 1));
  return { page, loads: () => loads };
}

/** Everything in the document, as the server gives it to who comes now. */
async function wholeOf(id: string): Promise<Uint8Array> {
  const { raw } = await newerClient(id);
  const whole = Y.encodeStateAsUpdate(raw.doc);
  raw.close();
  return whole;
}

describe('[M21] a plan that needs a newer editor', () => {
  it('is not opened in this one: the page is loaded anew once, says so, and changes nothing', async () => {
    const id = await system.createPlan({ title: 'Newer', markdown: 'words' });
    const { raw, need, draw } = await newerClient(id);
    raw.edit(() => [need(), draw()]);
    await expect.poll(async () => Buffer.from(await wholeOf(id)).includes('diagram'), PATIENTLY).toBe(true);
    const before = await wholeOf(id);
    const { page, loads } = await newPage();
    await page.goto(`${system.url}/plan/${id}`);
    await expect.poll(loads, PATIENTLY).toBe(2);
    await notice(page).waitFor();
    await page.getByText('All changes saved').waitFor();
    expect(await editor(page).count()).toBe(0);
    await page.keyboard.type('lost?');
    await page.getByRole('button', { name: 'Load again' }).click();
    await expect.poll(loads, PATIENTLY).toBe(3);
    await notice(page).waitFor();
    await page.getByText('All changes saved').waitFor();
    expect(loads()).toBe(3);
    expect(await wholeOf(id)).toEqual(before);
    expect(Y.encodeStateAsUpdate(raw.doc)).toEqual(before);
    raw.close();
    await page.context().close();
  });

  it.each([
    ['in the change that brings it', ({ raw, need, draw }: Newer) => raw.edit(() => [need(), draw()])],
    ['just before what needs it', ({ raw, need, draw }: Newer) => [need, draw].map((change) => raw.edit(change))],
  ])('closes an editor that is open when it says so %s', async (_when, change) => {
    const id = await system.createPlan({ title: 'Rising', markdown: 'words' });
    const { page, loads } = await newPage();
    await openPlan(page, `${system.url}/plan/${id}`);
    await editor(page).getByText('words').click();
    await page.keyboard.press('End');
    await page.keyboard.type(' typed');
    const newer = await newerClient(id);
    const heard = () => newer.raw.doc.getXmlFragment('document').toString();
    await expect.poll(heard, PATIENTLY).toContain('words typed');
    change(newer);
    const after = Y.encodeStateAsUpdate(newer.raw.doc);
    await notice(page).waitFor();
    await page.keyboard.type('lost?');
    await expect.poll(loads, PATIENTLY).toBe(2);
    await notice(page).waitFor();
    await page.getByText('All changes saved').waitFor();
    expect(await editor(page).count()).toBe(0);
    expect(await wholeOf(id)).toEqual(after);
    expect(Y.encodeStateAsUpdate(newer.raw.doc)).toEqual(after);
    newer.raw.close();
    await page.context().close();
  });
});

it('a page is loaded anew in the version that the server has by then, also over a slow network', async () => {
  const server = await UpgradedServer.before(system);
  const id = await system.createPlan({ title: 'Upgraded', markdown: 'words' });
  const { page, loads } = await newPage();
  await openPlan(page, `${server.url}/plan/${id}`);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state), PATIENTLY).toBe('activated');
  server.upgrade();
  const newer = await newerClient(id);
  newer.raw.edit(() => newer.need());
  await expect.poll(loads, PATIENTLY).toBe(2);
  await notice(page).waitFor();
  expect(await page.locator('meta[name="is-newer"]').count()).toBe(1);
  newer.raw.close();
  await page.context().close();
  await server.end();
});
