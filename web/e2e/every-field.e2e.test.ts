import type { BrowserContext, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../../services/shared/model/test/documents.ts';
import { UNKEPT_FIELDS } from '../src/ui/unkept-fields.ts';
import { signIn } from './browser.ts';
import { enter, fieldsIn } from './fields.ts';
import { WAYS, type WayName } from './leaving.ts';
import { type Place, PLACES, type Visit } from './places.ts';
import { running } from './running.ts';
import { KEYS_MODE } from './system.ts';
import { pick, randomText, shuffled } from './writing.ts';

const { system, browser } = await running(KEYS_MODE);

const TRIES = Number(process.env['TRIES'] ?? 6);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
/** In each of a field's two halves the keys come at once, or as fast as a quick hand. */
const KEY_DELAYS_MS = [0, 0, 30];
const COMING_BACK_MS = 20_000;

interface Try {
  place: Place;
  field: string;
  way: WayName;
}

/** A browser that has signed in. */
let device: Awaited<ReturnType<BrowserContext['storageState']>>;
const marks = new Set<string>();
const fields: Pick<Try, 'place' | 'field'>[] = [];

const newPlan = (title: string) =>
  system.createPlan({ title, steps: [{ title: 'First' }, { title: 'Second' }], markdown: 'Text.' });

beforeAll(async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${system.url}/keys`);
  await page.getByLabel('API key').waitFor();
  for (const { mark } of await fieldsIn(page)) if (mark !== null) marks.add(mark);
  await signIn(page, system.key!);
  await page.getByLabel('Who will use it').waitFor();
  device = await context.storageState();
  const plan = await newPlan('Walked through');
  const known = new Set<string>();
  for (const place of Object.keys(PLACES) as Place[]) {
    await PLACES[place]({ page, system, plan });
    for (const { name, mark } of await fieldsIn(page))
      if (mark !== null) marks.add(mark);
      else if (!known.has(page.url() + name)) {
        known.add(page.url() + name);
        fields.push({ place, field: name });
      }
  }
  await context.close();
});

/** Each field with each way, before any field has the same way again. */
function tries(random: () => number): Try[] {
  const [order, ways] = [shuffled(random, fields), shuffled(random, Object.keys(WAYS) as WayName[])];
  return Array.from({ length: TRIES }, (_, index) => {
    const round = Math.floor(index / order.length);
    return { ...order[index % order.length]!, way: ways[(index + round) % ways.length]! };
  });
}

/** Writes in a field and leaves at once. @returns what was written */
async function write(visit: Visit, { place, field, way }: Try, random: () => number): Promise<string> {
  const { page } = visit;
  const { before, leave } = WAYS[way] as (typeof WAYS)['offline'];
  const found = async () => (await fieldsIn(page)).find(({ name }) => name === field);
  await expect.poll(found, { message: `${field} in ${place}`, timeout: COMING_BACK_MS }).toBeDefined();
  const text = randomText(random, (await found())!.room);
  const characters = [...text];
  const half = pick(random, [Math.floor(characters.length / 2), characters.length]);
  await enter(page, field);
  await page.keyboard.type(characters.slice(0, half).join(''), { delay: pick(random, KEY_DELAYS_MS) });
  await before?.(visit);
  await page.keyboard.type(characters.slice(half).join(''), { delay: pick(random, KEY_DELAYS_MS) });
  await leave(visit);
  return text;
}

/** What there is to be seen after coming back: in the fields, and of the document over REST. */
async function seen({ page, plan }: Visit): Promise<string> {
  const texts = (await fieldsIn(page)).map(({ text }) => text);
  const stored = JSON.stringify(await system.readPlan(plan)).replaceAll(String.raw`\"`, '"');
  return [...texts, stored].join('\n');
}

/** @returns what was lost, if anything was */
async function loss(attempt: Try, random: () => number): Promise<string | null> {
  const plan = await newPlan(`Left ${random()}`);
  const context = await browser.newContext({ storageState: device });
  const visitWith = (page: Page): Visit => ({ page, system, plan });
  const visit = visitWith(await context.newPage());
  await PLACES[attempt.place](visit);
  const text = await write(visit, attempt, random);
  await (WAYS[attempt.way] as (typeof WAYS)['offline']).after?.(visit);
  const back = visitWith(visit.page.isClosed() ? await context.newPage() : visit.page);
  await PLACES[attempt.place](back);
  try {
    await expect.poll(() => seen(back), { timeout: COMING_BACK_MS }).toContain(text);
    return null;
  } catch {
    return `${attempt.place}, ${attempt.field}, ${attempt.way}: ${text}`;
  } finally {
    await context.close();
  }
}

describe('every field of the app', () => {
  it('is kept, or is one of those that are listed as not kept', () => {
    expect([...marks]).toEqual(Object.keys(UNKEPT_FIELDS));
    expect([...new Set(fields.map(({ place }) => place))]).toEqual(Object.keys(PLACES));
  });

  it(
    `has what was written in it after one left at once, in ${TRIES} tries of seed ${SEED}`,
    async () => {
      const random = seeded(SEED);
      const losses: string[] = [];
      for (const attempt of tries(random)) {
        const lost = await loss(attempt, random);
        if (lost !== null) losses.push(lost);
      }
      expect(losses).toEqual([]);
    },
    TRIES * 60_000,
  );
});
