import { describe, expect, it } from 'vitest';
import { axeFindings, signIn } from './browser.ts';
import { running } from './running.ts';
import { KEYS_MODE } from './system.ts';

const { system, browser } = await running(KEYS_MODE);

interface Key {
  id: string;
  name: string;
  key: string;
  revoked_at: string | null;
}

const newKey = (name: string, role: string) => system.agent<Key>('POST', '/keys', { name, role });
const namesOf = async () =>
  (await system.agent<{ items: Key[] }>('GET', '/keys')).items
    .filter(({ revoked_at }) => revoked_at === null)
    .map(({ name }) => name);

describe('the keys page', () => {
  it('makes a key, shows it once, and revokes it after asking', async () => {
    const page = await browser.newPage();
    await page.goto(`${system.url}/keys`);
    await signIn(page, system.key!);
    await page.getByText('You signed in with it').waitFor();
    await page.getByLabel('Who will use it').fill('סוכן התכנון');
    await page.getByLabel('Role').selectOption('Viewer');
    await page.getByRole('button', { name: 'Create key' }).click();
    const created = page.getByRole('status', { name: 'New key created' });
    const key = await created.locator('code').innerText();
    const read = () =>
      fetch(`${system.url}/v1/documents`, { headers: { 'X-API-Key': key } }).then(({ status }) => status);
    expect(await read()).toBe(200);
    await created.getByRole('button', { name: 'I have copied it' }).click();
    await page.reload();
    const row = page.getByRole('listitem').filter({ hasText: 'סוכן התכנון' });
    await row.getByText(`syn_…${key.slice(-4)}`).waitFor();
    expect(await page.getByText(key).count()).toBe(0);
    const direction = row.getByText('סוכן התכנון');
    expect(await direction.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');

    await row.getByRole('button', { name: 'Revoke' }).click();
    expect(await namesOf()).toContain('סוכן התכנון');
    await row.getByRole('button', { name: 'Shut it out now' }).click();
    await page.getByText('One key that ended').waitFor();
    expect(await namesOf()).not.toContain('סוכן התכנון');
    expect(await read()).toBe(401);
    await page.close();
  });

  it('shows others a sentence, and whoever signs in their plans', async () => {
    const { key } = await newKey('Reader', 'viewer');
    await system.createPlan({ title: 'Listed for readers' });
    const page = await (await browser.newContext()).newPage();
    await page.goto(system.url);
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await page.getByLabel('API key').fill(`${key.slice(0, -1)}x`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('mistyped').waitFor();
    await signIn(page, key);
    await page.getByRole('link', { name: 'Listed for readers' }).waitFor();
    expect(await page.getByRole('button', { name: 'New plan' }).count()).toBe(0);
    await page.goto(`${system.url}/keys`);
    await page.getByText('not an admin’s').waitFor();

    await page.getByRole('button', { name: /^You are/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    await page.context().close();
  });

  it('revoking the key one came with ends what it let in', async () => {
    const { key } = await newKey('Passing', 'admin');
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${system.url}/keys`);
    await signIn(page, key);
    await page.getByRole('button', { name: 'Revoke Passing' }).click();
    await page.getByRole('button', { name: 'Revoke and sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in again' }).waitFor();
    expect(await namesOf()).not.toContain('Passing');
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds serious in %s', async (colorScheme) => {
    const page = await (await browser.newContext({ colorScheme })).newPage();
    await page.goto(`${system.url}/keys`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await signIn(page, system.key!);
    await page.getByLabel('Who will use it').fill('An agent');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('status', { name: 'New key created' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.context().close();
  });
});
