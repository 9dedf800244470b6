import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openPlan } from './browser.ts';
import { running } from './running.ts';

const { system, browser } = await running();

/** docs/decisions/0001-departures.md says why it is not the 450 kB of the design. */
const PLAN_BUDGET_BYTES = 465_000;

it('a plan’s first load is within its budget: all scripts and styles until it is live, gzipped', async () => {
  const id = await system.createPlan({ title: 'Budget', steps: [{ title: 'One' }], markdown: '- [ ] Text' });
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const bodies: Promise<[string, Buffer]>[] = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (/\.(js|css)$/.test(pathname)) bodies.push(response.body().then((body) => [pathname, body]));
  });
  await openPlan(page, `${system.url}/plan/${id}`);
  const sizes = (await Promise.all(bodies)).map(([name, body]) => [name, gzipSync(body).length] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  expect(sizes.length).toBeGreaterThan(5);
  expect(total).toBeLessThanOrEqual(PLAN_BUDGET_BYTES);
  await context.close();
});
