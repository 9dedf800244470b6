import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { presenceShapes, type PresenceShape } from '@syncline/protocol/testing';
import type { Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { editor, openPlan, pill } from './browser.ts';
import { drawnFaults, layoutOf, writtenIn } from './drawn.ts';
import { RawClient } from './raw-client.ts';
import { running } from './running.ts';
import { KEYS_MODE, textOf } from './system.ts';

const { system, browser } = await running(KEYS_MODE);
const RAW = 4_000_000_001;
/** Of those who say the shapes: as many as the list of who is here has room for, beside the one other person. */
const ROLES = ['viewer', 'editor', 'viewer'];
const LONG = 900_000;

/** Nobody has any reason to ask it for anything. */
let asked = 0;
const canary = createServer((_request, response) => {
  asked += 1;
  response.end();
});
beforeAll(() => new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve)));
afterAll(() => void canary.close());
const canaryUrl = () => `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;

type Link = { url: string };
const tokenOf = ({ url }: Link) => /#share=(.+)$/.exec(url)![1]!;
const createLink = (id: string, role: string) => system.agent<Link>('POST', `/documents/plan:${id}/links`, { role });

/** Somebody with a browser of their own, who opens the plan by a link. */
async function person(name: string, url: string) {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const id = `${name.toLowerCase()}12345678`;
  await context.addInitScript((text) => localStorage.setItem('syncline:person', text), JSON.stringify({ id, name }));
  const foreign: string[] = [];
  context.on('request', (request) => {
    if (!request.url().startsWith(`${system.url}/`) && !request.url().startsWith('data:')) foreign.push(request.url());
  });
  const page = await context.newPage();
  const sockets: WebSocketRoute[] = [];
  await page.routeWebSocket(/\/sync\//, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  await openPlan(page, url);
  return {
    name,
    page,
    foreign,
    words: [] as string[],
    inject: (frame: Uint8Array) => sockets.at(-1)!.send(Buffer.from(frame)),
  };
}
type Person = Awaited<ReturnType<typeof person>>;

/** Two people at work in one paragraph, and raw clients beside them: some that may edit, some that may only view. */
async function atWork(title: string) {
  const steps = [
    { title: 'One', note: 'A note' },
    { title: 'Two', done: true },
  ];
  const id = await system.createPlan({ title, steps, markdown: 'Middle.\n\nGone.\n\n- [ ] Other' });
  await system.replaceText(id, 'Gone.', 'Here.');
  const editing = await createLink(id, 'editor');
  const [ann, ben] = [await person('Ann', editing.url), await person('Ben', editing.url)];
  const raws = await Promise.all(
    ROLES.map(async (role) => RawClient.connect(system.url, `plan:${id}`, tokenOf(await createLink(id, role)))),
  );
  for (const [{ page }, key] of [
    [ann, 'End'],
    [ben, 'Home'],
  ] as const) {
    await editor(page).getByText('Middle.').click();
    await page.keyboard.press(key);
  }
  await expect.poll(() => raws[0]!.find('Ann')?.state.cursor).toBeTruthy();
  const { client, state } = raws[0]!.find('Ann')!;
  const shapes = presenceShapes({
    victim: { client, id: state.user.id },
    canary: canaryUrl(),
    position: state.cursor!.head,
    items: raws[0]!.items(),
  });
  return { id, people: [ann, ben], raws, shapes, victim: client };
}

/** Says the shapes, some at once, while the two write, and looks what becomes of their pages. */
async function endure(
  { id, people, raws, shapes }: Awaited<ReturnType<typeof atWork>>,
  say: (shape: PresenceShape, from: number) => void,
) {
  for (const [from, raw] of raws.entries()) raw.say(RAW + from, { user: { name: `Raw ${from}` } });
  for (const { page } of people)
    for (const from of raws.keys())
      await page.getByText(`Raw ${from}`, { exact: true }).first().waitFor({ state: 'attached' });
  const layouts = await Promise.all(people.map(({ page }) => layoutOf(page)));
  const faults: string[] = [];
  for (const [turn, batch] of batched(shapes, raws.length).entries()) {
    for (const [from, shape] of batch.entries()) say(shape, from);
    const what = batch.map((shape) => shape.what).join(' | ');
    const [writer, reader] = turn % 2 ? people : people.toReversed();
    await write(writer!, reader!, turn, what);
    const seen = await Promise.all(people.map(({ page }) => look(page)));
    for (const [n, { drawn, layout, list }] of seen.entries()) {
      const other = people[1 - n]!.name;
      if (layout !== layouts[n]) drawn.push(`something has moved: ${layouts[n]} → ${layout}`);
      if (list.split(other).length !== 2) drawn.push(`${other} is not once in: ${list}`);
      faults.push(...drawn.map((fault) => `${what}: ${fault}`));
    }
  }
  await judge(id, people);
  return faults;
}

/** Far from each other in the list are shapes that do not speak for the same client: none hides another. */
function batched(shapes: PresenceShape[], size: number): PresenceShape[][] {
  const count = Math.ceil(shapes.length / size);
  const batches = shapes.slice(0, count).map((_, n) => shapes.filter((_shape, at) => at % count === n));
  for (const batch of batches) {
    const clients = batch.flatMap(({ client }) => client ?? []);
    expect(new Set(clients).size).toBe(clients.length);
  }
  return batches;
}

async function look(page: Page) {
  const list = page.getByRole('list', { name: 'Also here' }).innerText();
  const [drawn, layout] = await Promise.all([drawnFaults(page), layoutOf(page)]);
  return { drawn, layout, list: await list };
}

async function write(writer: Person, reader: Person, turn: number, what: string): Promise<void> {
  const word = `${writer.name}${turn}.`;
  writer.words.push(word);
  await writer.page.keyboard.type(word);
  await editor(reader.page)
    .filter({ hasText: word })
    .waitFor({ timeout: 10_000 })
    .catch(() => {
      throw new Error(`after "${what}", ${reader.name} does not see what ${writer.name} writes`);
    });
}

async function judge(id: string, people: Person[]): Promise<void> {
  const [ann, ben] = people as [Person, Person];
  const paragraph = `${ben.words.join('')}Middle.${ann.words.join('')}`;
  for (const { page, foreign } of people) {
    await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
    await expect.poll(() => writtenIn(page)).toBe(paragraph);
    expect(await page.getByText('The text editor was restarted').count()).toBe(0);
    expect(foreign).toEqual([]);
  }
  expect(textOf(await system.readPlan(id)).split('\n')[0]).toBe(paragraph);
  expect(asked).toBe(0);
  // They are seen to the end, by their own names and carets.
  for (const [one, other] of [people, people.toReversed()] as [Person, Person][])
    await expect.poll(() => one.page.locator('.bn-collaboration-cursor__label').allInnerTexts()).toContain(other.name);
  await Promise.all(people.map(({ page }) => page.context().close()));
}

it(
  'two people write on, and see nothing but carets and names, whatever others say of themselves',
  async () => {
    const plan = await atWork('Hostile presence');
    expect(plan.shapes.length).toBeGreaterThanOrEqual(200);
    const { raws } = plan;
    const say = ({ state, client }: PresenceShape, from: number) => raws[from]!.say(client ?? RAW + from, state);
    expect(await endure(plan, say)).toEqual([]);
    for (const raw of raws) {
      expect(raw.find('Impostor')).toBeNull();
      raw.close();
    }
  },
  LONG,
);

it(
  'they do behind a server that checks nothing, too',
  async () => {
    const plan = await atWork('An older server');
    const { people, raws, victim } = plan;
    const faults = await endure(plan, ({ state, client }, from) => {
      const frame = raws[0]!.frame(client ?? RAW + from, state);
      // What nobody can tell apart from Ann’s own word is told to Ann alone.
      for (const { inject, name } of people) if (client !== victim || name === 'Ann') inject(frame);
    });
    expect(faults).toEqual([]);
    for (const raw of raws) raw.close();
  },
  LONG,
);
