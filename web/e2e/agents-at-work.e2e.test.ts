import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Cluster, startCluster } from '../../k8s/local/cluster.ts';
import { openStored, type Stored } from '../../k8s/local/stored.ts';
import { axeFindings, editor, launch, openPlan } from './browser.ts';
import { layoutOf } from './drawn.ts';

const LONG_NAME = 'A very long name of an agent that nobody would ever like to read';

let cluster: Cluster;
let stored: Stored;
let browser: Browser;
beforeAll(async () => {
  [cluster, browser] = await Promise.all([startCluster({ port: 0, inTurn: true }), launch(inject('chromium'))]);
  stored = openStored(cluster.postgres.url);
});
afterAll(async () => {
  await stored.close();
  await browser.close();
  await cluster.stop();
});

/** Calls REST as curl would. */
async function rest<T>(agent: string, method: string, path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json', 'x-agent': agent };
  const answer = await fetch(`${cluster.url}/v1${path}`, { method, headers, body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
  return (await answer.json()) as T;
}

async function mcp(agent: string) {
  const client = new Client({ name: 'test', version: '1' });
  const requestInit = { headers: { 'x-agent': agent } };
  const transport = new StreamableHTTPClientTransport(new URL(`${cluster.url}/mcp`), { requestInit });
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  return client;
}

const here = (page: Page, name: string) => page.getByRole('list', { name: 'Also here' }).getByText(name);
const marked = (page: Page, name: string) => page.locator(`[data-changed-by="${name}"]`);

/** Of the name at what somebody has changed: at a row behind, at a block before what is in it. */
const labelWidth = (page: Page, name: string) =>
  marked(page, name).evaluate((place) =>
    Number.parseFloat(getComputedStyle(place, place.tagName === 'LI' ? '::after' : '::before').width),
  );

async function newPlan(id: string): Promise<string> {
  const steps = [{ title: 'Measure' }, { title: 'Cut' }];
  const markdown = 'The first paragraph.\n\nThe second paragraph.';
  await rest('Planner', 'POST', '/documents', { kind: 'plan', id, title: 'Two agents', steps, markdown });
  const { doc } = await stored.plan(id);
  return [...doc.getMap('steps').keys()][0]!;
}

/** Somebody at each of the two pods, so that one of them is not at that which answers. */
async function twoPeople(id: string, colorSchemes: ('light' | 'dark')[] = ['light', 'dark']): Promise<Page[]> {
  const pages: Page[] = [];
  for (const colorScheme of colorSchemes) {
    const page = await (await browser.newContext({ colorScheme, viewport: { width: 1000, height: 800 } })).newPage();
    await openPlan(page, `${cluster.url}/plan/${id}`);
    pages.push(page);
  }
  return pages;
}

it('[S57] agents over REST and MCP are seen at work on every pod, and what they changed, and are gone in time', async () => {
  const step = await newPlan('agents');
  const pages = await twoPeople('agents');
  await Promise.all(pages.map((page) => here(page, 'Planner').waitFor({ state: 'detached', timeout: 30_000 })));
  const layouts = await Promise.all(pages.map(layoutOf));
  const { head } = await stored.plan('agents');

  await rest('Claude', 'PATCH', `/plans/agents/steps/${step}`, { done: true });
  const codex = await mcp('Codex');
  const edits = [{ op: 'replace_text', old_text: 'second paragraph', new_text: 'second part' }];
  await codex.callTool({ name: 'edit_document', arguments: { document: 'plan:agents', edits } });
  for (const page of pages) {
    await here(page, 'Claude (agent, editing)').waitFor({ state: 'attached' });
    await here(page, 'Codex (agent, editing)').waitFor({ state: 'attached' });
    expect(await marked(page, 'Claude').getAttribute('data-step')).toBe(step);
    expect((await marked(page, 'Codex').innerText()).trim()).toBe('The second part.');
    for (const name of ['Claude', 'Codex']) expect(await labelWidth(page, name)).toBeGreaterThan(30);
  }
  expect(await Promise.all(pages.map(layoutOf))).toEqual(layouts);
  for (const page of pages) expect(await axeFindings(page)).toEqual([]);
  for (const page of pages)
    for (const name of ['Claude', 'Codex']) await marked(page, name).waitFor({ state: 'detached', timeout: 10_000 });

  await codex.callTool({ name: 'read_document', arguments: { document: 'plan:agents' } });
  await codex.close();
  for (const page of pages)
    for (const name of ['Claude', 'Codex']) await here(page, name).waitFor({ state: 'detached', timeout: 30_000 });
  // Each edit is in the journal, and nothing else.
  expect((await stored.plan('agents')).head).toBe(head + 2);
  expect(await editor(pages[0]!).innerText()).toContain('The second part.');
  await Promise.all(pages.map((page) => page.context().close()));
});

it('[S57] one who only reads is seen to, and a long name is cut where it would cover something', async () => {
  const step = await newPlan('long');
  const [page] = (await twoPeople('long', ['light'])) as [Page];
  const reader = await mcp(LONG_NAME);
  await reader.callTool({ name: 'read_document', arguments: { document: 'plan:long' } });
  const shown = LONG_NAME.slice(0, 60).trim();
  await here(page, `${shown} (agent, reading)`).waitFor({ state: 'attached' });
  expect(await page.locator('[data-changed-by]').count()).toBe(0);
  await rest(LONG_NAME, 'PATCH', `/plans/long/steps/${step}`, { title: 'Measure twice' });
  await marked(page, shown).waitFor();
  expect(await labelWidth(page, shown)).toBeLessThanOrEqual(160);
  await reader.close();
  await page.context().close();
});
