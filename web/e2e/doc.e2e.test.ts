import { HocuspocusProvider } from '@hocuspocus/provider';
import { expect, it, onTestFinished } from 'vitest';
import * as Y from 'yjs';
import { axeFindings } from './browser.ts';
import { running } from './running.ts';

const { system, browser } = await running();

/** An application's own client: the stock provider, with types of its own. */
async function application(id: string): Promise<Y.Doc> {
  const doc = new Y.Doc();
  const name = `doc:${id}`;
  const url = `${system.url.replace('http', 'ws')}/sync/${name}`;
  const provider = new HocuspocusProvider({ url, name, document: doc, token: 'person:host' });
  onTestFinished(() => provider.destroy());
  provider.setAwarenessField('user', { name: 'Host Person' });
  await new Promise<void>((resolve) => provider.on('synced', () => resolve()));
  return doc;
}

const revisionOf = async (id: string) =>
  (await fetch(`${system.url}/v1/documents/doc:${id}`, { method: 'HEAD' })).headers.get('etag');

it('an application’s document is shown as it is written, with who is there, and looking writes nothing', async () => {
  await system.agent('POST', '/documents', { kind: 'doc', id: 'board', title: 'Board' });
  const doc = await application('board');
  doc.getMap('metadata').set('deleted', true);
  await expect.poll(() => revisionOf('board')).toBe('"2"');
  const page = await browser.newPage();
  await page.goto(`${system.url}/doc/board`);
  await page.getByRole('heading', { name: 'Board' }).waitFor();
  await page.getByRole('list', { name: 'Also here' }).getByText('Host Person').waitFor();
  await page.locator('summary', { hasText: 'metadata' }).click();
  await page.getByText('true').waitFor();
  doc.getText('words').insert(0, 'typed elsewhere');
  await page.getByText('typed elsewhere').waitFor();
  await expect.poll(() => page.locator('dd').last().textContent()).toBe('3');
  expect(await axeFindings(page)).toEqual([]);
  await page.goto(system.url);
  await page.getByRole('link', { name: 'Board' }).click();
  await page.getByText('typed elsewhere').waitFor();
  expect(await revisionOf('board')).toBe('"3"');
  await page.close();
});

it('an address at which nothing was written is said to be that, and stays so', async () => {
  const page = await browser.newPage();
  await page.goto(`${system.url}/doc/nothing`);
  await page.getByText('Nothing has been written here yet').waitFor();
  const doc = await application('nothing');
  expect(await revisionOf('nothing')).toBeNull();
  doc.getArray('list').push(['first']);
  await page.getByText('first').waitFor();
  await page.close();
});
