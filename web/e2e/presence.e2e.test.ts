import type { Page, WebSocketRoute } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openPlan, pill } from './browser.ts';
import { running } from './running.ts';

const { system, browser } = await running();

/** Presence is renewed every 15 seconds; whoever comes back must not have to wait for that. */
const AT_ONCE = { timeout: 3000 };

/** Without the agent that has made the plan. */
const others = (page: Page) =>
  page.getByRole('list', { name: 'Also here' }).getByRole('listitem').filter({ hasNotText: '(agent' });

/** Two people, each with a browser of their own. */
async function twoPeople(): Promise<[Page, Page]> {
  const [mine, other] = [await browser.newContext(), await browser.newContext()];
  return [await mine.newPage(), await other.newPage()];
}

async function seeEachOther(pages: Page[]): Promise<void> {
  for (const page of pages) await expect.poll(() => others(page).count(), AT_ONCE).toBe(1);
}

describe('whoever was cut off', () => {
  it('sees the others and is seen by them as soon as the socket is open again', async () => {
    const id = await system.createPlan({ title: 'Cut off' });
    const [mine, other] = await twoPeople();
    const sockets: WebSocketRoute[] = [];
    await mine.routeWebSocket(/\/sync\//, (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    await Promise.all([mine, other].map((page) => openPlan(page, `${system.url}/plan/${id}`)));
    await seeEachOther([mine, other]);
    await sockets.at(-1)!.close({ code: 1001 });
    await expect.poll(() => others(other).count()).toBe(0);
    await pill(mine).filter({ hasText: 'All changes saved' }).waitFor();
    await seeEachOther([mine, other]);
    await Promise.all([mine, other].map((page) => page.context().close()));
  });

  it('is there again when the server is', async () => {
    const id = await system.createPlan({ title: 'Restarted' });
    const [mine, other] = await twoPeople();
    await Promise.all([mine, other].map((page) => openPlan(page, `${system.url}/plan/${id}`)));
    await seeEachOther([mine, other]);
    await system.stop();
    await expect.poll(() => others(mine).count()).toBe(0);
    await system.start();
    for (const page of [mine, other])
      await pill(page).filter({ hasText: 'All changes saved' }).waitFor({ timeout: 20_000 });
    await seeEachOther([mine, other]);
    await Promise.all([mine, other].map((page) => page.context().close()));
  });
});
