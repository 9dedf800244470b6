import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeFindings, editor, openPlan, pill, signIn } from './browser.ts';
import { running } from './running.ts';
import { KEYS_MODE, textOf } from './system.ts';
import { asksBeforeClosing, cuttable, denyDatabases } from './trouble.ts';

const { system, browser } = await running(KEYS_MODE);

type Role = 'viewer' | 'commenter' | 'editor';

interface Link {
  id: string;
  url: string;
}

/** A page in a browser of its own. */
async function newPerson(options?: Parameters<Browser['newContext']>[0]): Promise<Page> {
  return (await browser.newContext(options)).newPage();
}

function createLink(id: string, role: Role): Promise<Link> {
  return system.agent<Link>('POST', `/documents/plan:${id}/links`, { role });
}

function revokeLink(id: string, link: Link): Promise<unknown> {
  return system.agent('DELETE', `/documents/plan:${id}/links/${link.id}`);
}

/** What no page may hold on to, wherever that be. */
function keptTexts(page: Page): Promise<string> {
  return page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
}

const alert = (page: Page) => page.getByRole('alert');

describe('a plan in keys mode', () => {
  it('is shared by an admin’s link, edited with it, and shut with it', async () => {
    const id = await system.createPlan({ title: 'Shared', markdown: 'Known text.' });
    const admin = await newPerson();
    const said: string[] = [];
    admin.on('console', (message) => said.push(message.text()));
    await admin.goto(`${system.url}/plan/${id}`);
    await admin.getByRole('heading', { name: 'Sign in to open this plan' }).waitFor();
    await signIn(admin, system.key!);
    await editor(admin).getByText('Known text.').waitFor();
    expect(await keptTexts(admin)).not.toContain(system.key!);
    await admin.getByRole('button', { name: 'Share' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Share this plan' });
    await dialog.getByText('None yet').waitFor();
    await dialog.getByLabel('Whoever has the link').selectOption('Can edit');
    await dialog.getByLabel('It works').selectOption('One week');
    await dialog.getByRole('button', { name: 'Create link' }).click();
    const row = dialog.getByRole('listitem').filter({ hasText: 'Can edit' });
    await row.getByText('works until').waitFor();
    const { items } = await system.agent<{ items: Link[] }>('GET', `/documents/plan:${id}/links`);
    await admin.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await row.getByRole('button', { name: 'Copy link' }).click();
    const url = await admin.evaluate(() => navigator.clipboard.readText());
    expect(url).toBe(items[0]!.url);

    const guest = await newPerson();
    guest.on('console', (message) => said.push(message.text()));
    await openPlan(guest, url);
    expect(guest.url()).toBe(`${system.url}/plan/${id}`);
    await editor(guest).getByText('Known text.').click();
    await guest.keyboard.press('End');
    await guest.keyboard.type(' Said by a guest.');
    await editor(admin).getByText('Known text. Said by a guest.').waitFor();
    await pill(guest).filter({ hasText: 'All changes saved' }).waitFor();

    await row.getByRole('button', { name: 'Revoke' }).click();
    await row.getByRole('button', { name: 'Shut it now' }).click();
    await dialog.getByText('None yet').waitFor();
    await alert(guest).getByText('This link no longer works').waitFor();
    expect(await editor(guest).getAttribute('contenteditable')).toBe('false');
    expect(await guest.getByLabel('Add a step').count()).toBe(0);
    await guest.reload();
    await alert(guest).getByText('This link no longer works').waitFor();
    await editor(guest).getByText('Said by a guest.').waitFor();
    const late = await newPerson();
    await late.goto(url);
    await late.getByRole('heading', { name: 'This link no longer works' }).waitFor();
    expect(await editor(late).count()).toBe(0);

    expect(textOf(await system.readPlan(id))).toBe('Known text. Said by a guest.');
    const secrets = [system.key!, url.slice(url.indexOf('#share=') + 7)];
    for (const secret of secrets) expect(said.join('\n')).not.toContain(secret);
    for (const page of [admin, guest, late]) await page.context().close();
  });

  it('keeps what was written after the link was shut, and sends it by a new link', async () => {
    const id = await system.createPlan({ title: 'Cut off', markdown: 'Known text.' });
    const link = await createLink(id, 'editor');
    const guest = await newPerson();
    let away = false;
    await guest.routeWebSocket(/\/sync\//, (socket) => void (away ? socket.close() : socket.connectToServer()));
    await openPlan(guest, link.url);
    away = true;
    await guest.reload();
    await editor(guest).getByText('Known text.').click();
    await guest.keyboard.press('End');
    await guest.keyboard.type(' Written away.');
    await revokeLink(id, link);
    away = false;
    await guest.reload();
    await alert(guest).getByText('This link no longer works').waitFor();
    await alert(guest).getByRole('button', { name: 'See my version' }).click();
    await guest.getByRole('region', { name: 'My version' }).getByText('Written away.').waitFor();
    await guest.keyboard.press('Escape');
    expect(textOf(await system.readPlan(id))).toBe('Known text.');

    // In the page that is open, where the browser loads nothing by itself.
    await guest.goto((await createLink(id, 'editor')).url);
    await pill(guest).filter({ hasText: 'All changes saved' }).waitFor();
    expect(textOf(await system.readPlan(id))).toBe('Known text. Written away.');
    await guest.context().close();
  });

  it.each(['viewer', 'commenter'] as const)('is there to be read by a %s', async (role) => {
    const id = await system.createPlan({ title: 'Read', steps: [{ title: 'A step' }], markdown: 'Known text.' });
    const guest = await newPerson();
    await guest.goto((await createLink(id, role)).url);
    await guest.getByRole('status').getByText('You can view').first().waitFor();
    await editor(guest).getByText('Known text.').click();
    await guest.keyboard.type('Not to be seen.');
    expect(await editor(guest).getAttribute('contenteditable')).toBe('false');
    expect(await guest.getByRole('checkbox', { name: 'A step' }).isDisabled()).toBe(true);
    expect(await guest.getByLabel('Plan title').getAttribute('readonly')).not.toBeNull();
    for (const control of ['Undo', 'Add a step']) expect(await guest.getByLabel(control).count()).toBe(0);
    await guest.getByRole('button', { name: 'Share' }).click();
    await guest.getByRole('dialog').getByText('Who can edit it can also share it').waitFor();
    await system.replaceText(id, 'Known', 'Changed');
    await editor(guest).getByText('Changed text.').waitFor();
    expect(await editor(guest).innerText()).not.toContain('Not to be seen.');
    await guest.context().close();
  });

  it('asks nothing of a reader who leaves, though the browser keeps nothing and the server is away', async () => {
    const id = await system.createPlan({ title: 'Left by a reader', markdown: 'Known text.' });
    const guest = await newPerson({ serviceWorkers: 'block' });
    const way = await cuttable(guest);
    await denyDatabases(guest);
    await guest.goto((await createLink(id, 'viewer')).url);
    await guest.getByText('You can view').first().waitFor();
    await editor(guest).getByText('Known text.').click();
    await guest.keyboard.type('Not to be seen.');
    await way.cut();
    await pill(guest)
      .filter({ hasText: /Offline|Reconnecting/ })
      .waitFor();
    expect(await alert(guest).count()).toBe(0);
    expect(await asksBeforeClosing(guest)).toBe(false);
    await guest.context().close();
  });

  it('is said to a reader not to be there, who cannot create it', async () => {
    const { key } = await system.agent<{ key: string }>('POST', '/keys', { name: 'A reader', role: 'viewer' });
    const page = await newPerson();
    await page.goto(`${system.url}/plan/mistyped`);
    await signIn(page, key);
    await page.getByRole('heading', { name: 'There is no plan here' }).waitFor();
    expect(await page.getByRole('button', { name: 'Create a plan here' }).count()).toBe(0);
    await page.context().close();
  });

  // These two wait for a minute to pass, so they do it together.
  it.concurrent('gets a new token for the link before the last one ends', async () => {
    const id = await system.createPlan({ title: 'Renewed', markdown: 'Known text.' });
    const guest = await newPerson({ serviceWorkers: 'block' });
    let exchanges = 0;
    let sockets = 0;
    await guest.route('**/v1/tokens', async (route) => {
      exchanges += 1;
      // The least there is: the server asks for the next one after half of it.
      const body = { ...(route.request().postDataJSON() as object), ttl_seconds: 60 };
      await route.continue({ postData: JSON.stringify(body) });
    });
    guest.on('websocket', () => (sockets += 1));
    await openPlan(guest, (await createLink(id, 'editor')).url);
    await expect.poll(() => exchanges, { timeout: 90_000 }).toBe(2);
    await guest.waitForTimeout(40_000);
    await editor(guest).getByText('Known text.').click();
    await guest.keyboard.type('Still here. ');
    await pill(guest).filter({ hasText: 'All changes saved' }).waitFor();
    expect(sockets).toBe(1);
    await guest.context().close();
  });

  it.concurrent('stays in sight when a sign-in ends, and what is written then is sent by the next', async () => {
    const id = await system.createPlan({ title: 'Signed out', markdown: 'Known text.' });
    const page = await newPerson({ serviceWorkers: 'block' });
    await page.route('**/v1/tokens', (route) => {
      const body = { ...(route.request().postDataJSON() as object), ttl_seconds: 60 };
      return route.continue({ postData: JSON.stringify(body) });
    });
    await page.goto(`${system.url}/plan/${id}`);
    await signIn(page, system.key!);
    await editor(page).getByText('Known text.').waitFor();
    await alert(page).getByText('Sign in again').waitFor({ timeout: 120_000 });
    await editor(page).getByText('Known text.').click();
    await page.keyboard.press('End');
    await page.keyboard.type(' Written since.');
    await page.unroute('**/v1/tokens');
    await alert(page).getByRole('button', { name: 'Sign in' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    await dialog.getByLabel('API key').fill(system.key!);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
    await expect.poll(async () => textOf(await system.readPlan(id))).toBe('Known text. Written since.');
    await page.context().close();
  });

  it('opens again by a link whose token here was refused', async () => {
    const id = await system.createPlan({ title: 'Refused once', markdown: 'Known text.' });
    const guest = await newPerson();
    const server = { refuses: false };
    await guest.routeWebSocket(/\/sync\//, (socket) => {
      if (server.refuses) void socket.close({ code: 4001, reason: 'The token has expired.' });
      else socket.connectToServer();
      server.refuses = false;
    });
    const { url } = await createLink(id, 'editor');
    await openPlan(guest, url);
    server.refuses = true;
    await system.stop();
    await system.start();
    await pill(guest).filter({ hasText: 'All changes saved' }).waitFor({ timeout: 60_000 });
    expect(await alert(guest).count()).toBe(0);
    await guest.context().close();
  });
});

describe.each(['light', 'dark'] as const)('axe in %s', (colorScheme) => {
  it('finds nothing serious in the share dialog, nor where one is not let in', async () => {
    const id = await system.createPlan({ title: 'מסמך משותף', markdown: 'Known text.' });
    const links = [await createLink(id, 'viewer'), await createLink(id, 'editor')];
    const page = await newPerson({ colorScheme });
    await page.goto(`${system.url}/plan/${id}`);
    await page.getByRole('heading', { name: 'Sign in to open this plan' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await signIn(page, system.key!);
    await editor(page).getByText('Known text.').waitFor();
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('listitem').filter({ hasText: 'Can edit' }).waitFor();
    await page.waitForTimeout(400);
    expect(await axeFindings(page)).toEqual([]);

    const guest = await newPerson({ colorScheme });
    await openPlan(guest, links[1]!.url);
    await revokeLink(id, links[1]!);
    await alert(guest).getByText('This link no longer works').waitFor();
    expect(await axeFindings(guest)).toEqual([]);
    for (const each of [page, guest]) await each.context().close();
  });
});
