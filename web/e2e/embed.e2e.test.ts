import { setTimeout as pause } from 'node:timers/promises';
import { HocuspocusProvider } from '@hocuspocus/provider';
import { Client } from 'pg';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../.ci/server.ts';
import { type Cluster, startCluster } from '../../k8s/local/cluster.ts';
import { launch } from './browser.ts';
import { AppFolder } from './embed/app-folder.ts';
import { guideFiles, stockFiles } from './embed/files.ts';
import { KEYS_MODE } from './system.ts';

const JWT_SECRET = 'the-application-signs-with-this-secret';
/** Much longer than a commit takes. */
const LOCKED_MS = 1_500;
const OF_NO_NETWORK = /net::ERR_|Failed to fetch/;

let cluster: Cluster;
let browser: Browser;
let guide: App;
let stock: App;
let pages: Page[] = [];
/** What went wrong in the pages; Yjs says there when it is loaded twice. */
let wrong: string[] = [];

/** How to end what was started, also when not all of it was. */
const ends: (() => Promise<unknown>)[] = [];

interface App {
  url: string;
  folder: AppFolder;
}

beforeAll(async () => {
  const [clusterPort, guidePort, stockPort, hostPort] = await Promise.all(Array.from({ length: 4 }, freePort));
  const origins = [guidePort, stockPort].map((port) => `http://localhost:${port}`);
  const env = { ...KEYS_MODE, JWT_SECRET, CORS_ORIGINS: origins.join(',') };
  const places = { 'localhost:8080': `localhost:${clusterPort}`, '5173': `${guidePort}`, '3001': `${hostPort}` };
  [cluster, browser, guide, stock] = await Promise.all([
    ending(startCluster({ port: clusterPort!, inTurn: true, env }), (cluster) => cluster.stop()),
    ending(launch(inject('chromium')), (browser) => browser.close()),
    start(guideFiles(), places, guidePort!),
    start(stockFiles(), { '5173': `${stockPort}` }, stockPort!),
  ]);
  await guide.folder.serve(`http://localhost:${hostPort}/`, ['host.mjs'], { JWT_SECRET });
});
afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
  if (wrong.length > 0) throw new Error(wrong.splice(0).join('\n'));
});
afterAll(() => Promise.all(ends.map((end) => end())));

describe('the guide’s Tiptap', () => {
  it('merges what two people behind two pods type at once, and shows them each other', async () => {
    const [ann, ben] = await Promise.all([open('ann'), open('ben')]);
    await expect.poll(async () => Promise.all(cluster.pods.map(connections)), { timeout: 20_000 }).toEqual([1, 1]);
    await write(ann, 'From Ann. ');
    await text(ben, 'From Ann.');
    await Promise.all([write(ann, 'One more. ', 'Control+Home'), write(ben, 'And Ben. ')]);
    for (const page of [ann, ben]) for (const words of ['From Ann.', 'One more.', 'And Ben.']) await text(page, words);
    expect(await words(ann)).toBe(await words(ben));
    await ben.locator('.collaboration-carets__label', { hasText: 'Ann' }).waitFor();
    await ann.getByText('Also here: Ben').waitFor();
    await status(ann, 'All changes saved');
  });

  it('is there without a network, with what was written, and sends it later', async () => {
    const [ann, ben] = await Promise.all([open('ann'), open('ben')]);
    await status(ben, 'All changes saved');
    // The service worker has seen the page’s files when it has been there for a whole visit.
    await ben.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await ben.reload();
    await status(ben, 'All changes saved');
    await ben.context().setOffline(true);
    await ben.reload();
    await status(ben, 'Offline');
    await write(ben, 'Under way. ');
    await text(ben, 'Under way.');
    await status(ben, 'Offline');
    await ben.reload();
    await text(ben, 'Under way.');
    expect(await ben.getByRole('status').innerText()).toContain('Offline');
    await ben.context().setOffline(false);
    await text(ann, 'Under way.');
    await status(ben, 'All changes saved');
  });

  it('says that it is saved, and resolves whenSaved(), after the commit', async () => {
    const ann = await open('ann');
    await status(ann, 'All changes saved');
    await whileLocked(async () => {
      await write(ann, 'Not before it is committed. ');
      await ann.getByRole('button', { name: 'Publish' }).click();
      await ann.getByText('Waiting until all is saved').waitFor();
      await pause(LOCKED_MS);
      expect(await ann.getByText('Waiting until all is saved').isVisible()).toBe(true);
      expect(await ann.getByRole('status').innerText()).toBe('Saving …');
    });
    await ann.getByText('Published').waitFor();
    await status(ann, 'All changes saved');
  });

  it('shows a viewer all and lets them write nothing, whatever their client is', async () => {
    const [ann, vera] = await Promise.all([open('ann'), open('vera')]);
    await write(ann, 'For everybody to read. ');
    await text(vera, 'For everybody to read.');
    await status(vera, 'You may read, and not write');
    expect(await notes(vera).getAttribute('contenteditable')).toBe('false');
    await ann.getByText('Also here: Vera').waitFor();

    const before = await words(ann);
    const token = await (await fetch(`${guide.url}/api/token?as=vera`)).text();
    const provider = new HocuspocusProvider({
      url: `${socketUrl()}/doc:meeting-notes`,
      name: 'doc:meeting-notes',
      token,
    });
    await new Promise((resolve) => provider.on('synced', resolve));
    provider.document.getXmlFragment('default').delete(0, 1);
    provider.document.getMap('settings').set('title', 'Vera’s');
    // What comes after it on the same way has been seen by everybody.
    await write(ann, 'Still here. ');
    await text(vera, 'Still here.');
    expect(provider.hasUnsyncedChanges).toBe(true);
    provider.destroy();
    expect(await words(ann)).toBe(`${before}Still here. `);
    await ann.reload();
    await text(ann, 'For everybody to read.');
  });
});

it('the guide’s CodeMirror merges, shows who is where, and is there after a reload', async () => {
  const [ann, ben] = await Promise.all([open('ann', 'code.html'), open('ben', 'code.html')]);
  await code(ann).click();
  await ann.keyboard.type('let one = 1;');
  await code(ben).filter({ hasText: 'let one = 1;' }).waitFor();
  await code(ben).click();
  await ben.keyboard.press('Control+End');
  await ben.keyboard.type(' let two = 2;');
  await code(ann).filter({ hasText: 'let one = 1; let two = 2;' }).waitFor();
  await ben.locator('.cm-ySelectionInfo', { hasText: 'Ann' }).waitFor({ state: 'attached' });
  await status(ben, 'saved');
  await ben.reload();
  await code(ben).filter({ hasText: 'let one = 1; let two = 2;' }).waitFor();
  const vera = await open('vera', 'code.html');
  await code(vera).filter({ hasText: 'let one' }).click();
  await status(vera, 'readonly');
  await vera.keyboard.type('no');
  expect(await code(vera).innerText()).not.toContain('no');
});

it('the guide’s map is the same for all', async () => {
  const [ann, ben] = await Promise.all([open('ann', 'settings.html'), open('ben', 'settings.html')]);
  await Promise.all([fill(ann, 'Title', 'Our notes'), fill(ben, 'Colour', 'green')]);
  for (const page of [ann, ben]) {
    await expect.poll(() => page.getByLabel('Title').inputValue()).toBe('Our notes');
    await expect.poll(() => page.getByLabel('Colour').inputValue()).toBe('green');
    await status(page, 'saved');
  }
  const vera = await open('vera', 'settings.html');
  await status(vera, 'readonly');
  expect(await vera.getByLabel('Title').isDisabled()).toBe(true);
});

it('stock providers with a Tiptap that know nothing of Syncline write in the same document as the guide’s', async () => {
  const document = 'doc:meeting-notes';
  const [ann, ben, other] = await Promise.all([open('ann'), openStock(document, 'ben'), openStock(document, 'ann')]);
  await write(ann, 'From the guide. ');
  await Promise.all([write(ben, 'From Ben. ', 'Control+Home'), write(other, 'From another. ')]);
  for (const page of [ann, ben, other])
    for (const words of ['From the guide.', 'From Ben.', 'From another.']) await text(page, words);
  expect(await words(ben)).toBe(await words(ann));
  await ann.locator('.collaboration-carets__label', { hasText: 'ben' }).waitFor();
  await ben.locator('.collaboration-carets__label', { hasText: 'Ann' }).first().waitFor();
  await ben.reload();
  await text(ben, 'From the guide.');
});

async function ending<T>(starting: Promise<T>, end: (started: T) => Promise<unknown>): Promise<T> {
  ends.push(() => starting.then(end, () => undefined));
  return starting;
}

/** Builds an app, at these places of its own instead of those that its files name, and serves it. */
async function start(files: Record<string, string>, places: Record<string, string>, port: number): Promise<App> {
  const moved = Object.entries(files).map(([path, text]) => {
    const there = Object.entries(places).reduce((moved, [from, to]) => moved.replaceAll(from, to), text);
    return [path, there] as const;
  });
  const folder = await ending(AppFolder.make(Object.fromEntries(moved)), (folder) => folder.remove());
  const url = `http://localhost:${port}`;
  if ('tsconfig.json' in files) await folder.run('typescript/bin/tsc');
  await folder.run('vite/bin/vite.js', 'build');
  await folder.serve(url, ['node_modules/vite/bin/vite.js', 'preview', '--logLevel', 'warn']);
  return { url, folder };
}

/** The guide’s page, for a person on a device of their own. */
async function open(as: string, path = ''): Promise<Page> {
  const page = await newPage();
  await page.goto(`${guide.url}/${path}?as=${as}`);
  // What is written before all is there that others wrote may come to stand between their words.
  await status(page, as === 'vera' ? /read/ : /saved/);
  return page;
}

async function openStock(name: string, as: string): Promise<Page> {
  const token = await (await fetch(`${guide.url}/api/token?as=${as}`)).text();
  const page = await newPage();
  const of = new URLSearchParams({ url: `${socketUrl()}/${name}`, name, token, user: as });
  await page.goto(`${stock.url}/?${of}`);
  await notes(page).waitFor();
  return page;
}

async function newPage(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => {
    const isWrong = ['error', 'warning'].includes(message.type()) && !OF_NO_NETWORK.test(message.text());
    if (isWrong) wrong.push(message.text());
  });
  pages.push(page);
  return page;
}

function notes(page: Page) {
  return page.getByLabel('Notes');
}

/** What is written, without the names at the carets. */
function words(page: Page): Promise<string> {
  return notes(page).evaluate((element) => {
    const copy = element.cloneNode(true) as HTMLElement;
    for (const caret of copy.querySelectorAll('.ProseMirror-widget')) caret.remove();
    return copy.textContent;
  });
}

function code(page: Page) {
  return page.locator('.cm-content');
}

/** Where others write at the same time, what is typed letter by letter would come between their letters. */
async function write(page: Page, words: string, at = 'Control+End'): Promise<void> {
  await notes(page).click();
  await page.keyboard.press(at);
  await page.keyboard.type(words);
}

async function fill(page: Page, label: string, value: string): Promise<void> {
  await page.getByLabel(label).fill(value);
  await page.getByLabel(label).blur();
}

function text(page: Page, words: string): Promise<void> {
  return notes(page).getByText(words).waitFor();
}

function status(page: Page, words: string | RegExp): Promise<void> {
  return page.getByRole('status').filter({ hasText: words }).waitFor();
}

function socketUrl(): string {
  return `${cluster.url.replace('http', 'ws')}/sync`;
}

async function connections(pod: { url: string }): Promise<number> {
  const { connections } = (await (await fetch(`${pod.url}/readyz`)).json()) as { connections: number };
  return connections;
}

/** Nobody can commit meanwhile. */
async function whileLocked(run: () => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: cluster.databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('LOCK TABLE journal IN SHARE MODE');
    await run();
  } finally {
    await client.end();
  }
}
